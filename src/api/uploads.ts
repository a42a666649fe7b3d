import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { cancelUpload } from '../removal/remove-recording.ts';
import { readTiming, TimingBody } from '../views/timing.ts';
import { listUploads, UploadPage } from '../views/upload-list.ts';
import { readUpload, type UploadView } from '../views/uploads.ts';
import { waitForUpload } from '../views/wait.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import type { ApiParts } from './parts.ts';
import { preferredWait } from './prefer.ts';
import { Id, ProblemBody, UploadBody } from './schemas.ts';
import { senderOf } from './sender.ts';

export const POLL_AFTER_SECONDS = 2;

const TimingOptions = z.object({
  bars: z.stringbool().default(false).describe('Also every stage and call, for a waterfall'),
});

const Listing = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

export function uploadRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/uploads',
      {
        schema: {
          tags: ['uploads'],
          summary: 'Uploads, latest first, with the numbers of their files',
          querystring: Listing,
          response: { 200: UploadPage, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const { userId } = senderOf(request);
        const page = await readPage(
          request.query,
          (limit, place) => listUploads(parts.db, userId, limit, place),
          ({ acceptedAtMs, id }) => ({ atMs: acceptedAtMs, id }),
        );
        return { uploads: page.items, nextCursor: page.nextCursor };
      },
    );

    app.get(
      '/api/v1/uploads/:id',
      {
        schema: {
          tags: ['uploads'],
          summary: 'The state of an upload and of each of its files',
          description:
            'Always 200 while it exists. `Prefer: wait=N` waits up to N seconds (at most 25) for it to be done.',
          params: Id,
          response: { 200: UploadBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const { id } = request.params;
        const upload = await waitForUpload(parts, { id, userId }, preferredWait(request, reply));
        if (!upload) throw new AfterwordError('not_found');
        if (upload.status === 'processing') reply.header('retry-after', POLL_AFTER_SECONDS);
        return toUploadBody(upload);
      },
    );

    app.get(
      '/api/v1/uploads/:id/timing',
      {
        schema: {
          tags: ['uploads'],
          summary: 'Where the time of an upload went',
          description:
            'From its events: while they are kept. What ended before there were events has one part, `accepting`.',
          params: Id,
          querystring: TimingOptions,
          response: { 200: TimingBody, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const timing = await readTiming(parts.db, senderOf(request).userId, request.params.id, {
          withBars: request.query.bars,
        });
        if (!timing) throw new AfterwordError('not_found');
        return timing;
      },
    );

    app.post(
      '/api/v1/uploads/:id/cancel',
      {
        schema: {
          tags: ['uploads'],
          summary: 'Cancel an upload: stop and remove its unfinished files',
          description: 'Finished files stay, and so do files that another upload sent too.',
          params: Id,
          response: { 200: UploadBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_deleted', (userId) => cancelUpload(parts, userId, id));
        const upload = await readUpload(parts.db, senderOf(request).userId, id);
        if (!upload) throw new AfterwordError('not_found');
        return toUploadBody(upload);
      },
    );
  };
}

export function toUploadBody(upload: UploadView): z.infer<typeof UploadBody> {
  return { ...upload, links: { self: `/api/v1/uploads/${upload.id}` } };
}
