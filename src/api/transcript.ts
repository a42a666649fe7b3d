/** A conversation as a file that other programs read: notes, text, subtitles. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { soundAt } from '../playback/at-sound.ts';
import type { Playback } from '../playback/playback.ts';
import { readPreferences } from '../preferences/store.ts';
import { readConversation } from '../views/conversations.ts';
import type { ToldConversation } from '../views/transcript/conversation-text.ts';
import { transcriptOf } from '../views/transcript/formats.ts';
import type { ApiParts } from './parts.ts';
import { closedSignal } from './prefer.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

/** What has to be prepared of its sound first may take this long of a request. */
const PREPARE_MS = 15_000;

const TYPES = {
  text: { type: 'text/plain; charset=utf-8', extension: 'txt' },
  md: { type: 'text/markdown; charset=utf-8', extension: 'md' },
  srt: { type: 'application/x-subrip; charset=utf-8', extension: 'srt' },
  vtt: { type: 'text/vtt; charset=utf-8', extension: 'vtt' },
  json: { type: 'application/json; charset=utf-8', extension: 'json' },
} as const;

const Wanted = z.object({
  format: z.enum(['text', 'md', 'srt', 'vtt', 'json']).default('text'),
  times: z
    .enum(['conversation', 'audio'])
    .default('conversation')
    .describe(
      'Of subtitles: from the first word, or as in `/api/v1/conversations/{id}/audio`, which begins before it',
    ),
  gaps: z.enum(['keep', 'skip']).default('keep').describe('That of the audio'),
});

export function transcriptRoutes({
  db,
  defaults,
  playback,
}: ApiParts & { playback: Playback }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/conversations/:id/transcript',
      {
        schema: {
          tags: ['conversations'],
          summary: 'A conversation as Markdown, text, subtitles or JSON',
          description: 'Times of day are those of your time zone.',
          params: Id,
          querystring: Wanted,
          produces: Object.values(TYPES).map(({ type }) => type.replace(/;.*/, '')),
          response: { 200: z.any().describe('The file'), '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const { format, times, gaps } = request.query;
        const conversation = await readConversation(db, userId, request.params.id);
        if (!conversation) throw new AfterwordError('not_found');
        const isTimed = times === 'audio' && (format === 'srt' || format === 'vtt');
        const told = isTimed
          ? inSound(
              conversation,
              (
                await playback.open(
                  { kind: 'conversation', id: conversation.id, userId },
                  gaps,
                  PREPARE_MS,
                  closedSignal(reply),
                )
              ).layout,
            )
          : conversation;
        const preferences = await readPreferences(db, userId, defaults);
        const { type, extension } = TYPES[format];
        return reply
          .type(type)
          .header('content-disposition', `attachment; filename="${conversation.id}.${extension}"`)
          .send(transcriptOf(told, format, preferences.timeZone));
      },
    );
  };
}

/** Its times count from the begin of its sound. */
function inSound(conversation: ToldConversation, layout: Parameters<typeof soundAt>[0]): ToldConversation {
  return {
    ...conversation,
    startedAtMs: 0,
    segments: conversation.segments.map((segment) => ({
      ...segment,
      startedAtMs: soundAt(layout, segment.startedAtMs),
      endedAtMs: soundAt(layout, segment.endedAtMs),
    })),
  };
}
