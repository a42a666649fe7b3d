/**
 * Omi's app may prove when a batch was recorded, before it sends it. The lanes here are those of the recordings' times, so no
 * proof is needed: the answer names the files, and an upload that brings it is taken like any other one. Omi's server
 * refuses a batch that differs from its manifest with a status after which the app sends the same again for ever.
 */
import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { takeJson } from '../json-body.ts';
import { OmiRefusal } from './job.ts';
import { sendDetail } from './refusal.ts';

/** Twenty names and hashes. */
const MOST_BYTES = 20_000;

const EXAMPLE = {
  conversation_id: 'cnv_1',
  files: [{ name: 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin', sha256: 'a'.repeat(64) }],
};

export function omiManifestRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendDetail(request, reply, error));
    takeJson(app, MOST_BYTES);
    app.post(
      '/v2/sync-capture-manifest',
      {
        schema: {
          tags: ['omi'],
          summary: 'Name the files of a batch before it is sent',
          description: 'An upload is taken with and without it, and whatever it says.',
          body: z
            .object({
              conversation_id: z.string().max(200),
              files: z
                .array(z.object({ name: z.string().max(300), sha256: z.string().max(100) }))
                .min(1)
                .max(20),
            })
            .meta({ examples: [EXAMPLE] }),
          response: {
            200: z.object({ manifest: z.string() }).meta({ id: 'OmiManifest' }),
            '4xx': OmiRefusal,
            '5xx': OmiRefusal,
          },
        },
      },
      async (request) => {
        const lines = request.body.files.map(({ name, sha256 }) => `${sha256} ${name}`).sort();
        return { manifest: createHash('sha256').update(lines.join('\n')).digest('base64url') };
      },
    );
  };
}
