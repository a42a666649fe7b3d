import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { acceptUpload } from '../intake/accept.ts';
import { readRecording } from '../views/recordings.ts';
import { readUpload } from '../views/uploads.ts';
import type { ApiParts } from './app.ts';
import { receiveBody, receiveFiles } from './receive.ts';
import { Id, ProblemBody, RecordingBody, UploadBody } from './schemas.ts';
import { senderOf } from './sender.ts';
import { POLL_AFTER_SECONDS, toUploadBody } from './uploads.ts';

const RawUpload = z.object({
  name: z.string().min(1).max(255).optional().describe('The file name of a raw body'),
  startedAtMs: z.coerce
    .number()
    .int()
    .optional()
    .describe('When a raw body was recorded; overrules its name'),
});

export function recordingRoutes({ db, blobs, config }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/api/v1/recordings',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Upload recordings',
          description:
            'multipart/form-data with the field `files`, repeated; or the bytes of one file as a raw body, named by `?name=`. ' +
            'Answers when the bytes are safe. The same bytes again are the same recording, and nothing is done twice.',
          consumes: ['multipart/form-data', 'application/octet-stream'],
          querystring: RawUpload,
          response: { 202: UploadBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { name, startedAtMs } = request.query;
        const files = request.isMultipart()
          ? await receiveFiles(request, blobs, config)
          : [
              await receiveBody(request, blobs, config, {
                name: nameOf(name),
                startedAtMs: startedAtMs ?? null,
              }),
            ];
        const uploadId = await acceptUpload(db, senderOf(request), files);
        const upload = await readUpload(db, uploadId);
        if (!upload) throw new AfterwordError('internal', `upload ${uploadId} vanished`);
        return reply
          .status(202)
          .header('location', `/api/v1/uploads/${uploadId}`)
          .header('retry-after', POLL_AFTER_SECONDS)
          .send(toUploadBody(upload));
      },
    );

    app.get(
      '/api/v1/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'What became of a recording',
          params: Id,
          response: { 200: RecordingBody, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const recording = await readRecording(db, request.params.id);
        if (!recording || recording.userId !== senderOf(request).userId)
          throw new AfterwordError('not_found');
        return recording;
      },
    );
  };
}

function nameOf(name: string | undefined): string {
  if (!name) throw new AfterwordError('no_files', 'A raw body needs ?name=, or send multipart/form-data.');
  return name;
}
