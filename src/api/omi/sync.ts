/**
 * Serves Omi's offline sync, so that its app can use this server (see BasedHardware/omi, `sync-local-files`).
 * v1 waits for the result. If that takes longer than a gateway waits, it answers 202 with a job instead of a time-out.
 * The same files sent again get the result of the same work.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { readCapture } from '../../intake/capture.ts';
import { type UploadView, uploadExists } from '../../views/uploads.ts';
import { waitForUpload } from '../../views/wait.ts';
import { admit } from '../admission.ts';
import type { ApiParts } from '../parts.ts';
import { closedSignal, preferredWait, WAITS } from '../prefer.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeIn } from '../take-in.ts';
import { syncWaitOf } from '../timeouts.ts';
import {
  acceptedJob,
  finalRefusal,
  OmiAccepted,
  OmiJob,
  OmiRefusal,
  OmiResult,
  toJob,
  toResult,
  verdictOf,
} from './job.ts';
import { GIVES_UP, meaningOf } from './meanings.ts';
import { sendDetail } from './refusal.ts';

export function omiSyncRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    // Omi's app reads `detail` and not problem details.
    app.setErrorHandler((error, request, reply) => sendDetail(request, reply, error));

    app.post(
      '/v1/sync-local-files',
      {
        onRequest: admit,
        schema: {
          tags: ['omi'],
          summary: 'Upload and wait for the conversations',
          description:
            'Waits for the result as long as AFTERWORD_TIMEOUTS says, 55 s by default (200, or 207 when some files failed), then answers 202 with a job. Never 504.',
          consumes: ['multipart/form-data'],
          response: {
            200: OmiResult,
            202: OmiAccepted,
            207: OmiResult,
            '4xx': OmiRefusal,
            '5xx': OmiRefusal,
          },
        },
      },
      async (request, reply) => {
        const accepted = await takeBatch(parts, request);
        reply.header('deprecation', 'true').header('link', '</v2/sync-local-files>; rel="successor-version"');
        const refusal = finalRefusal(accepted);
        if (refusal) return sendRefusal(reply, refusal);
        // The wait counts from the request's first byte, as at a gateway, so a slow upload leaves less time to wait.
        const waitMs = Math.max(0, Math.floor(syncWaitOf(parts.config) - reply.elapsedTime));
        const waiting = { waitMs, signal: closedSignal(reply) };
        const upload =
          (await waitForUpload(parts, { id: accepted.id, userId: senderOf(request).userId }, waiting)) ??
          accepted;
        return upload.status === 'processing' ? sendJob(reply, upload) : sendResult(reply, upload);
      },
    );

    app.post(
      '/v2/sync-local-files',
      {
        onRequest: admit,
        schema: {
          tags: ['omi'],
          summary: 'Upload, answered with a job to poll',
          consumes: ['multipart/form-data'],
          response: { 202: OmiAccepted, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const accepted = await takeBatch(parts, request);
        const refusal = finalRefusal(accepted);
        return refusal ? sendRefusal(reply, refusal) : sendJob(reply, accepted);
      },
    );

    app.get(
      '/v2/sync-local-files/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'The state of a job',
          description: `It is settled when all its files have ended and their conversations are ready. ${WAITS}`,
          params: Id,
          response: { 200: OmiJob, '4xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { userId } = senderOf(request);
        const upload = await waitForUpload(parts, { id, userId }, preferredWait(request, reply));
        if (upload) return toJob(upload);
        return (await uploadExists(parts.db, id))
          ? reply.status(403).send({ detail: 'Not your job' })
          : reply.status(404).send({ detail: 'Job not found' });
      },
    );
  };
}

/** Whatever is told about the batch, its files are placed by their time. */
async function takeBatch(parts: ApiParts, request: FastifyRequest): Promise<UploadView> {
  const query = request.query as Record<string, unknown>;
  const told = readCapture({
    sessionId: query.recording_session_id,
    conversationId: query.conversation_id,
    geolocation: request.headers['x-omi-conversation-geolocation'],
    evidence: request.headers['x-omi-capture-evidence'],
  });
  return await takeIn(parts, request, { tooLarge: 'tell', repairsClock: true, told });
}

function sendJob(reply: FastifyReply, upload: UploadView): FastifyReply {
  return reply
    .status(202)
    .header('location', `/v2/sync-local-files/${upload.id}`)
    .header('retry-after', 3)
    .send(acceptedJob(upload));
}

/** Waits for the result of v1. A batch that the app should give up is refused with a final status. */
function sendResult(reply: FastifyReply, upload: UploadView): FastifyReply {
  const { status, reason, file } = verdictOf(upload);
  const result = toResult(upload);
  if (status === 'completed') return reply.status(200).send(result);
  const failed = file === null ? undefined : upload.files[file];
  if (result.failed_segments < result.total_segments) return reply.status(207).send(result);
  const detail = failed ? `${failed.name}: ${failed.reason ?? failed.code ?? status}` : 'All files failed';
  const final = reason !== null && GIVES_UP.has(reason);
  // The audio is here and its time can still be corrected. The phone learns that from the job and need not send it
  // again.
  if (!final && meaningOf(failed?.code ?? null).fate === 'kept') return sendJob(reply, upload);
  return reply.status(final ? 400 : 500).send({ detail, ...(failed?.code ? { code: failed.code } : {}) });
}

function sendRefusal(
  reply: FastifyReply,
  { status, detail, code }: { status: number; detail: string; code: string },
): FastifyReply {
  return reply.status(status).send({ detail, code });
}
