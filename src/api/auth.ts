/** Signs people in at the provider, and out: what a browser does before it sees a page of theirs. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { linkIdentity } from '../sign-in/identities.ts';
import { MODES } from '../sign-in/modes.ts';
import type { Oidc } from '../sign-in/oidc.ts';
import { beginSession, endSession } from '../sign-in/sessions.ts';
import { addressBound } from './address-bound.ts';
import {
  clearFlow,
  clearSession,
  FLOW_MS,
  flowCookieOf,
  publicUrlOf,
  sessionCookieOf,
  setFlow,
  setSession,
} from './cookies.ts';
import { wantsPage } from './page.ts';
import type { ApiParts } from './parts.ts';
import { isOurFailure, logFailure } from './problem.ts';
import { ProblemBody } from './schemas.ts';
import { principalOf, signedIn } from './sender.ts';

/** What the sealed cookie remembers while somebody is at the provider. */
const UnderWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** The person to whom the identity is to be linked; null: a sign-in. */
  linkTo: z.string().nullable(),
  endsAtMs: z.number(),
});

const PLACE = 'sign-in';
const CALLBACK = '/auth/callback';

const Where = z.object({
  returnTo: z
    .string()
    .max(2000)
    .default('/')
    .describe('Where the browser goes afterwards: a path of this server'),
});

const WaysBody = z
  .object({
    ways: z.array(z.enum(MODES)).describe('Any of these is enough: see AFTERWORD_SIGN_IN'),
    provider: z.string().nullable().describe('Host of the OpenID Connect provider, where there is one'),
  })
  .meta({ id: 'Ways' });

export function authRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db, signIn, config } = parts;
  const urlOf = (request: FastifyRequest) => publicUrlOf(request, config.publicUrl);

  function provider(): Oidc {
    if (!signIn.oidc) throw new AfterwordError('no_such_address', 'AFTERWORD_SIGN_IN has no oidc.');
    return signIn.oidc;
  }

  async function begin(
    request: FastifyRequest,
    reply: FastifyReply,
    { returnTo, linkTo }: { returnTo: string; linkTo: string | null },
  ): Promise<URL> {
    const url = urlOf(request);
    const { location, flow } = await provider().begin(new URL(CALLBACK, url).href);
    const underWay: z.infer<typeof UnderWay> = {
      ...flow,
      returnTo: ownPath(returnTo, url),
      linkTo,
      endsAtMs: Date.now() + FLOW_MS,
    };
    setFlow(reply, url, signIn.flowBox.seal(JSON.stringify(underWay), PLACE));
    return location;
  }

  function underWayOf(request: FastifyRequest): z.infer<typeof UnderWay> {
    const sealed = flowCookieOf(request, urlOf(request));
    if (sealed === undefined)
      throw new AfterwordError('sign_in_failed', 'This browser has begun no sign-in.');
    try {
      const underWay = UnderWay.parse(JSON.parse(signIn.flowBox.open(sealed, PLACE)));
      if (underWay.endsAtMs > Date.now()) return underWay;
    } catch (error) {
      throw new AfterwordError('sign_in_failed', undefined, { cause: error });
    }
    throw new AfterwordError('sign_in_failed', 'The sign-in took longer than ten minutes.');
  }

  return async (app) => {
    const tags = ['sign-in'];
    const response = { '4xx': ProblemBody, '5xx': ProblemBody };
    const bound = addressBound();
    // Somebody whose browser was led here cannot read a problem document: the page says what it says, and what to do.
    app.setErrorHandler((error, request, reply) => {
      const isVisit = request.method === 'GET' && wantsPage(request);
      if (!isVisit || !(error instanceof AfterwordError)) throw error;
      request.refusedWith = error.code;
      if (isOurFailure(error)) logFailure(request, error);
      return reply.redirect(`/?refused=${error.code}`, 303);
    });
    app.get(
      '/auth/ways',
      {
        schema: {
          tags,
          summary: 'How this server lets people in',
          response: { 200: WaysBody, ...response },
        },
      },
      async () => ({
        ways: [...signIn.settings.modes],
        provider: signIn.oidc && signIn.settings.oidc ? new URL(signIn.settings.oidc.issuer).host : null,
      }),
    );

    app.get(
      '/auth/sign-in',
      {
        onRequest: bound,
        schema: { tags, summary: 'Sign in: leads to the provider', querystring: Where, response },
      },
      async (request, reply) => {
        const { returnTo } = request.query;
        return reply.redirect((await begin(request, reply, { returnTo, linkTo: null })).href, 302);
      },
    );

    app.get(
      CALLBACK,
      { onRequest: bound, schema: { tags, summary: 'Where the provider leads back to', response } },
      async (request, reply) => {
        const oidc = provider();
        const url = urlOf(request);
        const { returnTo, linkTo, ...flow } = underWayOf(request);
        clearFlow(reply, url);
        const back = new URL(CALLBACK, url);
        back.search = new URL(request.url, url).search;
        const proof = await oidc.finish(back, flow);
        if (linkTo !== null) {
          // They must still be signed in as the one who has begun it.
          const { userId, by } = await principalOf(signIn, request, config.publicUrl);
          if (userId !== linkTo || by === 'nothing') throw new AfterwordError('sign_in_failed');
          await linkIdentity(db, userId, proof, parts.timeZone);
          return reply.redirect(returnTo, 303);
        }
        const known = await signIn.knownBy(proof);
        const token = await beginSession(db, signIn.sessionSecret, known, {
          agent: request.headers['user-agent'],
          before: sessionCookieOf(request, url),
        });
        setSession(reply, url, token);
        return reply.redirect(returnTo, 303);
      },
    );

    app.post(
      '/auth/sign-out',
      {
        schema: {
          tags,
          summary: 'End the session of this browser',
          response: { 204: z.null(), ...response },
        },
      },
      async (request, reply) => {
        const url = urlOf(request);
        const token = sessionCookieOf(request, url);
        if (token !== undefined) await endSession(db, signIn.sessionSecret, token);
        clearSession(reply, url);
        return reply.status(204).send(null);
      },
    );

    app.post(
      '/auth/link',
      {
        schema: {
          tags,
          summary: 'Begin to link an identity of the provider to the person who is signed in',
          description: 'The browser is to go to `location`, and comes back with both proofs.',
          querystring: Where,
          response: { 200: z.object({ location: z.string() }), ...response },
        },
      },
      async (request, reply) => {
        const { userId, by } = signedIn(request);
        if (by === 'nothing' || by === 'key') throw new AfterwordError('not_signed_in');
        const { returnTo } = request.query;
        return { location: (await begin(request, reply, { returnTo, linkTo: userId })).href };
      },
    );
  };
}

/** Anything else than a path of ours leads to the front page: a link to us must not lead people to somebody else. */
function ownPath(returnTo: string, url: URL): string {
  const target = /^\/(?![/\\])/.test(returnTo) ? URL.parse(returnTo, url.href) : null;
  return target?.origin === url.origin ? `${target.pathname}${target.search}${target.hash}` : '/';
}
