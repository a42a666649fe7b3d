/** Takes in the sample day for somebody who has nothing yet: the same way as if they had sent its files. */
import { createReadStream } from 'node:fs';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { AfterwordError } from '../errors.ts';
import type { ReceivedFile } from '../intake/claim.ts';
import { sampleFiles } from '../intake/sample-day.ts';
import type { Arrivals } from '../store/blobs/arrivals.ts';
import { admit } from './admission.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody, UploadBody } from './schemas.ts';
import { takeIn } from './take-in.ts';
import { POLL_AFTER_SECONDS, toUploadBody } from './uploads.ts';

export function sampleRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/api/v1/samples/day',
      {
        onRequest: admit,
        schema: {
          tags: ['recordings'],
          summary: 'Take in the sample day',
          description:
            'Six recordings that come with Afterword, as if the person had sent them. Again: nothing is done twice, and what was deleted of them comes back.',
          response: { 202: UploadBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        try {
          if (!parts.config.samples)
            throw new AfterwordError('no_such_address', 'AFTERWORD_SAMPLES is false.');
          const files = await sampleFiles();
          if (files.length === 0)
            throw new AfterwordError('no_such_address', 'This server was installed without the sample day.');
          const upload = await takeIn(parts, request, {
            restore: true,
            files: (arrivals) => stored(files, arrivals),
          });
          return await reply
            .status(202)
            .header('location', `/api/v1/uploads/${upload.id}`)
            .header('retry-after', POLL_AFTER_SECONDS)
            .send(toUploadBody(upload));
        } finally {
          request.leave?.();
        }
      },
    );
  };
}

async function* stored(
  files: readonly { name: string; path: string }[],
  arrivals: Arrivals,
): AsyncGenerator<ReceivedFile> {
  for (const { name, path } of files)
    yield { name, ...(await arrivals.put(createReadStream(path))), startedAtMs: null };
}
