/** What is a person's own: their time zone, languages, vocabulary, folders and how long their audio is kept. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BoundsBody, readUse } from '../bounds/use.ts';
import { PreferenceChange, PreferencesBody } from '../preferences/preferences.ts';
import { changePreferences, readPreferences } from '../preferences/store.ts';
import { SCOPES } from '../sign-in/scopes.ts';
import type { Principal } from '../sign-in/sign-in.ts';
import { changeInTurn } from './change-in-turn.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody } from './schemas.ts';
import { senderOf, signedIn } from './sender.ts';

/** 100 terms and 50 folders with descriptions, in UTF-8. */
const MOST_BYTES = 200_000;

const MeBody = z
  .object({
    id: z.string(),
    scopes: z.array(z.enum(SCOPES)).describe('What whoever asks may do'),
    knownLanguages: z
      .array(z.string())
      .nullable()
      .describe(
        'The languages that the transcribers of this server know: speech in others is marked as not understood. Null where they find out by themselves what is spoken',
      ),
    signedInBy: z
      .enum(['key', 'session', 'token', 'header', 'nothing'])
      .describe(
        'How whoever asks has shown who they are: by `header` a gateway did, and by `nothing` nobody signs in here. Only a session can be signed out of',
      ),
    sampleDay: z.boolean().describe('Whether POST /api/v1/samples/day takes in the sample day'),
    ...PreferencesBody.shape,
    bounds: BoundsBody,
  })
  .meta({ id: 'Me' });

export function preferenceRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db, defaults, config, signIn } = parts;
  const read = async (userId: string, principal: Principal) => ({
    id: userId,
    scopes: [...(await signIn.scopesOf(principal))],
    knownLanguages: config.knownLanguages,
    signedInBy: principal.by,
    sampleDay: config.samples,
    ...(await readPreferences(db, userId, defaults)),
    bounds: await readUse(db, userId, config.bounds),
  });
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/me',
      {
        schema: {
          tags: ['person'],
          summary: 'The settings and the bounds of the person who asks',
          description: '`chosen` names what they have chosen; the rest are the settings of the server.',
          response: { 200: MeBody, '4xx': ProblemBody },
        },
      },
      async (request) => await read(senderOf(request).userId, signedIn(request)),
    );

    app.patch(
      '/api/v1/me',
      {
        schema: {
          tags: ['person'],
          summary: 'Change the settings of the person who asks',
          description:
            'What is not named stays, and null goes back to the setting of the server. They hold for what is transcribed and understood from then on.',
          body: PreferenceChange,
          response: { 200: MeBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { body } = request;
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          changePreferences(db, userId, defaults, body),
        );
        return await read(senderOf(request).userId, signedIn(request));
      },
    );
  };
}
