/**
 * Omi's routes for what this server does not have: photos, calendars, apps, prompts, fair use. They answer as a server on which
 * nobody uses these, so that the app goes on. Whatever has no route at all is 404, after which the app shows nothing there.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { livingConversationId } from '../../conversations/living-id.ts';
import { AfterwordError } from '../../errors.ts';
import { readOmiConversation } from '../../views/omi/list.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Ok = z.object({ status: z.literal('Ok') }).meta({ id: 'OmiDone' });

const FairUse = z
  .object({
    stage: z.literal('none'),
    speech_hours_today: z.number(),
    speech_hours_3day: z.number(),
    speech_hours_weekly: z.number(),
    message: z.string(),
  })
  .meta({ id: 'OmiFairUse' });

/** The queues of Omi's server call these; this server has a queue of its own. */
const INTERNAL = [
  '/v2/sync-jobs/run',
  '/v2/audio-merge-jobs/run',
  '/v2/sync-backfill-sequencer/sweep',
  '/v2/sync-backfill-sequencer/wake',
];

export function omiAbsentRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  const requireConversation = async (userId: string, id: string): Promise<string> => {
    const living = await livingConversationId(db, userId, id);
    if (living === null) throw new AfterwordError('not_found', 'Conversation not found');
    return living;
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));

    app.get(
      '/v1/fair-use/status',
      {
        schema: {
          tags: ['omi'],
          summary: 'Whether the person is restricted: never',
          description:
            'Bounds of a person are told by 429 with `Retry-After`; they are no verdict on anybody.',
          response: { 200: FairUse, ...Refusals },
        },
      },
      () => ({
        stage: 'none' as const,
        speech_hours_today: 0,
        speech_hours_3day: 0,
        speech_hours_weekly: 0,
        message: 'Your usage is within normal limits.',
      }),
    );

    app.get(
      '/v1/conversations/:id/photos',
      {
        schema: {
          tags: ['omi'],
          summary: 'Photos of a conversation: none',
          params: Id,
          response: { 200: z.array(z.never()), ...Refusals },
        },
      },
      async (request) => {
        await requireConversation(senderOf(request).userId, request.params.id);
        return [];
      },
    );

    app.get(
      '/v1/conversations/:id/photos/:photoId/image',
      {
        schema: {
          tags: ['omi'],
          summary: 'A photo: there is none',
          params: z.object({ id: z.string(), photoId: z.string() }),
          response: Refusals,
        },
      },
      () => {
        throw new AfterwordError('not_found', 'Photo not found');
      },
    );

    app.get(
      '/v1/conversations/:id/suggested-apps',
      {
        schema: {
          tags: ['omi'],
          summary: 'Apps that fit a conversation: none',
          params: Id,
          response: {
            200: z
              .object({ suggested_apps: z.array(z.never()), conversation_id: z.string() })
              .meta({ id: 'OmiSuggestedApps' }),
            ...Refusals,
          },
        },
      },
      async (request) => {
        const { id } = request.params;
        await requireConversation(senderOf(request).userId, id);
        return { suggested_apps: [], conversation_id: id };
      },
    );

    app.get(
      '/v1/conversations/:id/recording',
      {
        schema: {
          tags: ['omi'],
          summary: 'Whether the audio of a conversation is kept',
          params: Id,
          response: {
            200: z.object({ has_recording: z.boolean() }).meta({ id: 'OmiHasRecording' }),
            ...Refusals,
          },
        },
      },
      async (request) => {
        const found = await readOmiConversation(db, senderOf(request).userId, request.params.id);
        if (!found) throw new AfterwordError('not_found', 'Conversation not found');
        return { has_recording: found.audio_files.length > 0 };
      },
    );

    app.post(
      '/v1/conversations',
      {
        schema: {
          tags: ['omi'],
          summary: 'End a conversation that is being listened to: none is',
          response: Refusals,
        },
      },
      () => {
        throw new AfterwordError('not_found', 'Conversation in progress not found');
      },
    );

    for (const [path, summary] of [
      ['/v1/conversations/:id/test-prompt', 'Try a prompt of an app: there are no apps'],
      ['/v1/conversations/:id/calendar-event', 'Link an event of a calendar: there is no calendar'],
      ['/v1/conversations/:id/calendar-event/auto-link', 'Find an event of a calendar: there is no calendar'],
    ] as const) {
      app.post(path, { schema: { tags: ['omi'], summary, params: Id, response: Refusals } }, () => {
        throw new AfterwordError('not_found', summary);
      });
    }

    app.delete(
      '/v1/conversations/:id/calendar-event',
      {
        schema: {
          tags: ['omi'],
          summary: 'Unlink an event of a calendar: none is linked',
          params: Id,
          response: { 200: Ok, ...Refusals },
        },
      },
      async (request) => {
        await requireConversation(senderOf(request).userId, request.params.id);
        return { status: 'Ok' as const };
      },
    );

    for (const path of INTERNAL) {
      const summary = "Called by the queues of Omi's server only";
      app.post(path, { schema: { tags: ['omi'], summary, response: Refusals } }, () => {
        throw new AfterwordError('no_such_address', summary);
      });
    }
  };
}
