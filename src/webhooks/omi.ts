/**
 * Makes the document that Omi's server posts as `conversation_created`, for receivers that were written for it. It holds what
 * was said, so an endpoint has to ask for it. Pure.
 */
import type { z } from 'zod';
import type { ConversationBody } from '../views/conversations.ts';

type Conversation = z.infer<typeof ConversationBody>;

const iso = (ms: number) => new Date(ms).toISOString();

export function omiConversation(talk: Conversation): Record<string, unknown> {
  const speakers = new Map(talk.speakers.map(({ id }, index) => [id, index]));
  const languages = talk.segments.flatMap(({ language }) => language ?? []);
  return {
    id: talk.id,
    // For synced audio Omi tells the time at which it was said.
    created_at: iso(talk.startedAtMs),
    started_at: iso(talk.startedAtMs),
    finished_at: iso(talk.endedAtMs),
    updated_at: iso(talk.updatedAtMs),
    source: 'omi',
    language: languages[0] ?? null,
    status: 'completed',
    discarded: false,
    visibility: 'private',
    starred: false,
    folder_id: talk.folder?.id ?? null,
    structured: {
      title: talk.title ?? '',
      overview: talk.overview ?? '',
      emoji: talk.emoji ?? '🧠',
      category: talk.category ?? 'other',
      sections: talk.sections.map(({ heading, body, segmentIds }) => ({
        heading,
        body_markdown: body,
        source_segment_ids: segmentIds,
      })),
      action_items: talk.actionItems.map(({ description, dueAtMs, segmentId, context }) => ({
        description,
        completed: false,
        due_at: dueAtMs === null ? null : iso(dueAtMs),
        conversation_id: talk.id,
        source_segment_ids: [segmentId],
        ...(context === undefined ? {} : { context }),
      })),
      events: talk.events.map(({ title, description, startsAtMs, minutes }) => ({
        title,
        description,
        start: iso(startsAtMs),
        duration: minutes,
        created: false,
      })),
    },
    transcript_segments: talk.segments.map((segment) => {
      const number = segment.speakerId === null ? 0 : (speakers.get(segment.speakerId) ?? 0);
      return {
        id: segment.id,
        text: segment.text,
        speaker: `SPEAKER_${String(number).padStart(2, '0')}`,
        speaker_id: number,
        is_user: false,
        person_id: null,
        start: (segment.startedAtMs - talk.startedAtMs) / 1000,
        end: (segment.endedAtMs - talk.startedAtMs) / 1000,
      };
    }),
    geolocation: null,
    photos: [],
    audio_files: [],
    apps_results: [],
    plugins_results: [],
    external_data: null,
    app_id: null,
    is_locked: false,
  };
}
