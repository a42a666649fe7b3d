import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { KnownBody, knownContents } from '../views/known.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_HASHES = 500;
/** A hash of 64 digits with its quotes and comma, with room for a careful layout. */
const MOST_BYTES = MOST_HASHES * 100;
const EXAMPLE = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const Asked = z
  .strictObject({
    sha256: z
      .array(z.string().regex(/^[\da-f]{64}$/, 'must be a SHA-256 in lower-case hex'))
      .min(1)
      .max(MOST_HASHES)
      .describe('Of the bytes of each file'),
  })
  .meta({ examples: [{ sha256: [EXAMPLE] }] });

export function knownRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.post(
      '/api/v1/recordings/known',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Which of these files are here already',
          description:
            'It asks about the recordings of the person who asks, and about nothing else: what was deleted and what others have is not known. It changes nothing.',
          body: Asked,
          response: { 200: z.object({ known: z.array(KnownBody) }), '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request) => ({
        known: await knownContents(db, senderOf(request).userId, request.body.sha256),
      }),
    );
  };
}
