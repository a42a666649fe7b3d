import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { retryRecording, retryUnknownLanguage } from '../intake/redrive.ts';
import { setTime } from '../placing/set-time.ts';
import { removeRecording } from '../removal/remove-recording.ts';
import { readCalls } from '../views/calls.ts';
import { listRecordings, readRecording } from '../views/recordings.ts';
import { isFinal } from '../views/uploads.ts';
import { waitFor, waitForChange } from '../views/wait.ts';
import { admit } from './admission.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { preferredWait, WAITS } from './prefer.ts';
import {
  Id,
  OutcomeBody,
  ProblemBody,
  RecordingBody,
  RecordingDetail,
  RecordingPage,
  UploadBody,
} from './schemas.ts';
import { senderOf } from './sender.ts';
import { takeIn } from './take-in.ts';
import { POLL_AFTER_SECONDS, toUploadBody } from './uploads.ts';

/** An empty value is ignored: it would be read as 1970 and overrule the name's own time. */
const GivenTime = z.preprocess(
  (given) => (given === '' ? undefined : given),
  z.coerce.number().int().optional(),
);

const RawUpload = z.object({
  name: z.string().min(1).optional().describe('The file name of a raw body'),
  startedAtMs: GivenTime.describe('When a raw body was recorded; overrules its name'),
  writtenAtMs: GivenTime.describe(
    'When its file was last written: it is taken as its end where neither `startedAtMs` nor its name tells a time',
  ),
  restore: z.stringbool().default(false).describe('Bring back what was deleted'),
});

const Listing = z.object({
  outcome: OutcomeBody.optional().describe('`failed` lists the dead letters'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

const Retrying = z.strictObject({
  code: z.literal('unknown_language').describe('Which recordings: those with speech in an unknown language'),
});

const RetriedBody = z.object({
  retried: z.number().int().describe('Recordings that are on their way again'),
  more: z.boolean().describe('Whether there are others, for which the request is to be sent again'),
});

export function recordingRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  return async (app) => {
    app.post(
      '/api/v1/recordings',
      {
        onRequest: admit,
        schema: {
          tags: ['recordings'],
          summary: 'Upload recordings',
          description:
            'multipart/form-data with the field `files`, repeated, and if need be a field `startedAtMs` or `writtenAtMs` (when the file was last written) for each in the same order; or the bytes of one file as a raw body, named by `?name=`. ' +
            'Answers when the bytes are safe. The same bytes again are the same recording, and nothing is done twice.',
          consumes: ['multipart/form-data', 'application/octet-stream'],
          querystring: RawUpload,
          response: { 202: UploadBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { name, startedAtMs, writtenAtMs, restore } = request.query;
        const raw = { name, startedAtMs: startedAtMs ?? null, writtenAtMs };
        const upload = await takeIn(parts, request, { raw, restore });
        return reply
          .status(202)
          .header('location', `/api/v1/uploads/${upload.id}`)
          .header('retry-after', POLL_AFTER_SECONDS)
          .send(toUploadBody(upload));
      },
    );

    app.get(
      '/api/v1/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'The state of a recording',
          description: `It is settled when its outcome is final. ${WAITS}`,
          params: Id,
          response: { 200: RecordingDetail, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const recording = await waitFor(
          parts.changes,
          userId,
          preferredWait(request, reply),
          async () => await readRecording(db, userId, request.params.id),
          (view) => view === null || isFinal(view.outcome),
        );
        if (!recording) throw new AfterwordError('not_found');
        return { ...recording, calls: await readCalls(db, userId, recording.id) };
      },
    );

    app.get(
      '/api/v1/recordings',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Recordings, latest first; `?outcome=failed` lists those that failed',
          description: `They change with the next event of the person. ${WAITS}`,
          querystring: Listing,
          response: { 200: RecordingPage, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { outcome = null, ...asked } = request.query;
        const { userId } = senderOf(request);
        await waitForChange(db, userId, parts.changes, preferredWait(request, reply));
        const page = await readPage(
          asked,
          (limit, place) => {
            const after = place && { acceptedAtMs: place.atMs, id: place.id };
            return listRecordings(db, userId, { outcome, limit, after });
          },
          ({ acceptedAtMs, id }) => ({ atMs: acceptedAtMs, id }),
        );
        return { recordings: page.items, nextCursor: page.nextCursor };
      },
    );

    app.post(
      '/api/v1/recordings/:id/retry',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Try a failed or waiting recording again, at once',
          description:
            'What is under way or done is left as it is. Of what is done, speech in an unknown language is heard again, and what the local model was unsteady about: do it when a transcriber is configured that knows the language.',
          params: Id,
          response: { 202: RecordingBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          retryRecording(db, userId, id, request.id),
        );
        const recording = await readRecording(db, senderOf(request).userId, id);
        if (!recording) throw new AfterwordError('not_found');
        return reply.status(202).send(recording);
      },
    );

    app.post(
      '/api/v1/recordings/retry',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Have all speech in an unknown language heard again',
          description:
            'Do it when a transcriber is configured that knows the language. Of each recording only that speech is transcribed anew, and what the local model was unsteady about; the latest recordings come first, and what is under way is left as it is. One request takes up to 1,000 recordings: while `more` is true, send it again.',
          querystring: Retrying,
          response: { 202: RetriedBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const retried = await changeInTurn(request, reply, 'not_changed', (userId) =>
          retryUnknownLanguage(db, userId),
        );
        return reply.status(202).send(retried);
      },
    );

    app.delete(
      '/api/v1/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Delete a recording with its audio and words, and stop work on it',
          description: 'The same bytes stay deleted when they are sent again, unless with `?restore=true`.',
          params: Id,
          response: { 204: z.null(), '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_deleted', (userId) => removeRecording(parts, userId, id));
        return reply.status(204).send(null);
      },
    );
  };
}

/** A body is one number. */
const MOST_BYTES = 1_000;

const NewTime = z
  .strictObject({
    startedAtMs: z.int().describe('When it was really made, in UTC epoch milliseconds'),
  })
  .meta({ examples: [{ startedAtMs: 1_774_000_000_000 }] });

export function recordingTimeRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.patch(
      '/api/v1/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Correct the time of a recording',
          description:
            'Its words move with it, and become part of the conversations of that time; the voices keep their names. ' +
            'What was rejected for want of a time is worked on. The conversations whose words changed are understood anew.',
          params: Id,
          body: NewTime,
          response: { 200: RecordingBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { startedAtMs } = request.body;
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          setTime(parts, userId, id, startedAtMs),
        );
        const recording = await readRecording(parts.db, senderOf(request).userId, id);
        if (!recording) throw new AfterwordError('not_found');
        return recording;
      },
    );
  };
}
