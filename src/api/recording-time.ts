import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { setTime } from '../conversations/set-time.ts';
import { AfterwordError } from '../errors.ts';
import { readRecording } from '../views/recordings.ts';
import type { ApiParts } from './app.ts';
import { Id, ProblemBody, RecordingBody } from './schemas.ts';
import { senderOf } from './sender.ts';

/** A body is one number. */
const MOST_BYTES = 1_000;

const NewTime = z.strictObject({
  startedAtMs: z.int().describe('When it was really made, in UTC epoch milliseconds'),
});

export function recordingTimeRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    // For this route alone: everywhere else a body is a stream to be stored.
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: MOST_BYTES },
      app.getDefaultJsonParser('error', 'error'),
    );

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
      async (request) => {
        const { id } = request.params;
        await setTime(parts, senderOf(request).userId, id, request.body.startedAtMs);
        const recording = await readRecording(parts.db, id);
        if (!recording) throw new AfterwordError('not_found');
        return recording;
      },
    );
  };
}
