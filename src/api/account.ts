/** What lets a person in: their sessions, identities and keys. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { linkIdentity, listIdentities, unlinkIdentity } from '../sign-in/identities.ts';
import { createKey, listKeys, revokeKey } from '../sign-in/keys.ts';
import { SCOPES } from '../sign-in/scopes.ts';
import { listSessions, revokeSession, revokeSessions } from '../sign-in/sessions.ts';
import { readPage } from './cursor.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { signedIn } from './sender.ts';

const MOST_BYTES = 20_000;

const SessionBody = z
  .object({
    id: z.string(),
    agent: z.string().nullable().describe('What the browser calls itself'),
    createdAtMs: z.number().int(),
    lastUsedAtMs: z.number().int().describe('To the minute'),
    expiresAtMs: z.number().int().describe('When it ends if it is not used before'),
    current: z.boolean().describe('The one that asks'),
  })
  .meta({ id: 'Session' });

const IdentityBody = z
  .object({
    id: z.string(),
    issuer: z.string(),
    subject: z.string(),
    label: z.string().nullable(),
    createdAtMs: z.number().int(),
  })
  .meta({ id: 'Identity' });

const KeyBody = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAtMs: z.number().int(),
    expiresAtMs: z.number().int().nullable(),
    lastUsedAtMs: z.number().int().nullable().describe('To the minute'),
    revokedAtMs: z.number().int().nullable(),
  })
  .meta({ id: 'ApiKey' });

/** A person has at most 50 that are good: with the default these and as many that have ended are one page. */
const Listing = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.string().max(200).optional(),
});

const NewKey = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
    expiresAtMs: z.int().optional().describe('UTC epoch, milliseconds; without it the key does not expire'),
  })
  .meta({ examples: [{ name: 'backup script', scopes: ['read'] }] });

const SecondProof = z
  .strictObject({
    token: z.string().min(1).max(8000).describe('A Firebase ID token of the identity that is to be added'),
  })
  .meta({ examples: [{ token: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2ln' }] });

export function accountRoutes({ db, signIn, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const tags = ['sign-in'];
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const gone = { 204: z.null(), ...refused };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/me/sessions',
      {
        schema: {
          tags,
          summary: 'Browsers in which the person is signed in',
          response: { 200: z.object({ sessions: z.array(SessionBody) }), ...refused },
        },
      },
      async (request) => {
        const { userId, sessionId } = signedIn(request);
        const sessions = await listSessions(db, userId);
        return { sessions: sessions.map((one) => ({ ...one, current: one.id === sessionId })) };
      },
    );

    app.delete(
      '/api/v1/me/sessions/:id',
      { schema: { tags, summary: 'Sign a browser out', params: Id, response: gone } },
      async (request, reply) => {
        await revokeSession(db, signedIn(request).userId, request.params.id);
        return reply.status(204).send(null);
      },
    );

    app.delete(
      '/api/v1/me/sessions',
      { schema: { tags, summary: 'Sign all other browsers out', response: gone } },
      async (request, reply) => {
        const { userId, sessionId } = signedIn(request);
        await revokeSessions(db, userId, sessionId);
        return reply.status(204).send(null);
      },
    );

    app.get(
      '/api/v1/me/identities',
      {
        schema: {
          tags,
          summary: 'The accounts at providers that are this person',
          response: { 200: z.object({ identities: z.array(IdentityBody) }), ...refused },
        },
      },
      async (request) => ({ identities: await listIdentities(db, signedIn(request).userId) }),
    );

    app.post(
      '/api/v1/me/identities',
      {
        schema: {
          tags,
          summary: 'Add an account of Firebase, proved by a token of it',
          description: 'For an account of the OpenID Connect provider: POST /auth/link.',
          body: SecondProof,
          response: { 201: z.object({ identities: z.array(IdentityBody) }), ...refused },
        },
      },
      async (request, reply) => {
        const { userId, by } = signedIn(request);
        // A key may have leaked, and who asks a server that checks nobody has proved nothing.
        if (by === 'key' || by === 'nothing') throw new AfterwordError('not_signed_in');
        await linkIdentity(db, userId, await signIn.proofOf(request.body.token), timeZone);
        return reply.status(201).send({ identities: await listIdentities(db, userId) });
      },
    );

    app.delete(
      '/api/v1/me/identities/:id',
      { schema: { tags, summary: 'Remove an account, and its sessions', params: Id, response: gone } },
      async (request, reply) => {
        await unlinkIdentity(db, signedIn(request).userId, request.params.id);
        return reply.status(204).send(null);
      },
    );

    app.get(
      '/api/v1/me/keys',
      {
        schema: {
          tags,
          summary: 'API keys of the person, latest first',
          querystring: Listing,
          response: {
            200: z.object({ keys: z.array(KeyBody), nextCursor: z.string().nullable() }),
            ...refused,
          },
        },
      },
      async (request) => {
        const { userId } = signedIn(request);
        const page = await readPage(
          request.query,
          (limit, after) => listKeys(db, userId, { limit, after }),
          ({ id, createdAtMs }) => ({ id, atMs: createdAtMs }),
        );
        return { keys: page.items, nextCursor: page.nextCursor };
      },
    );

    app.post(
      '/api/v1/me/keys',
      {
        schema: {
          tags,
          summary: 'Make an API key',
          description: 'The answer is the only one that shows it. A key cannot make keys.',
          body: NewKey,
          response: { 201: z.object({ key: KeyBody, token: z.string() }), ...refused },
        },
      },
      async (request, reply) => {
        const principal = signedIn(request);
        const { name, scopes, expiresAtMs = null } = request.body;
        // It would go on after the first one was revoked.
        if (principal.by === 'key') throw new AfterwordError('scope_missing', 'A key cannot make keys.');
        for (const scope of scopes) await signIn.authorise(principal, [scope]);
        if (expiresAtMs !== null && expiresAtMs <= Date.now())
          throw new AfterwordError('invalid_request', 'expiresAtMs is in the past.');
        const wanted = { userId: principal.userId, name, scopes, expiresAtMs };
        return reply.status(201).send(await createKey(db, signIn.keySecret, wanted, timeZone));
      },
    );

    app.delete(
      '/api/v1/me/keys/:id',
      { schema: { tags, summary: 'Revoke an API key', params: Id, response: gone } },
      async (request, reply) => {
        await revokeKey(db, signedIn(request).userId, request.params.id);
        return reply.status(204).send(null);
      },
    );
  };
}
