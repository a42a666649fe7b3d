/**
 * Makes the document in which Omi's server tells a conversation: for its app, and for receivers of webhooks that were written
 * for it. Pure.
 * Danger: the app's parsers are strict. What has a default there may be missing but never null, dates are ISO 8601 strings, and
 * one field that is wrong costs the whole list.
 */
import { z } from 'zod';
import { Geolocation } from '../../intake/capture.ts';
import type { ConversationBody, ConversationSummary } from '../conversations.ts';
import { Iso, iso, taskFields, toldOfTask } from './task.ts';

type Conversation = z.infer<typeof ConversationBody>;

const OmiActionItem = z.object({
  ...taskFields,
  conversation_id: z.string(),
  source_segment_ids: z.array(z.string()),
  context: z.string().optional(),
});

const OmiStructured = z.object({
  title: z.string(),
  overview: z.string(),
  emoji: z.string(),
  category: z.string(),
  sections: z.array(
    z.object({
      heading: z.string(),
      body_markdown: z.string(),
      source_segment_ids: z.array(z.string()),
      kind: z.string(),
    }),
  ),
  action_items: z.array(OmiActionItem),
  events: z.array(
    z.object({
      title: z.string(),
      description: z.string(),
      start: Iso,
      duration: z.number().int(),
      created: z.boolean(),
    }),
  ),
});

export const OmiSegment = z
  .object({
    id: z.string(),
    text: z.string(),
    speaker: z.string(),
    speaker_id: z.number().int(),
    is_user: z.boolean(),
    person_id: z.string().nullable(),
    start: z.number().describe('Seconds from the start of the conversation'),
    end: z.number(),
    translations: z.array(z.object({ lang: z.string(), text: z.string() })),
    speech_profile_processed: z.boolean(),
    stt_provider: z.string(),
  })
  .meta({ id: 'OmiSegment' });

const OmiAudioFile = z.object({
  id: z.string(),
  uid: z.string(),
  conversation_id: z.string(),
  chunk_timestamps: z.array(z.number()).describe('Seconds since 1970'),
  provider: z.string(),
  started_at: Iso,
  duration: z.number(),
});

/** The whole conversation is one file: Omi's routes for listening name it so. */
export const AUDIO_FILE = 'conversation';

export const OmiConversation = z
  .object({
    id: z.string(),
    created_at: Iso.describe('When it was said, as for all synced audio'),
    updated_at: Iso,
    started_at: Iso,
    finished_at: Iso,
    source: z.string(),
    language: z.string().nullable(),
    status: z.enum(['processing', 'completed']),
    discarded: z.boolean(),
    sync_relevance: z.literal('review').optional(),
    visibility: z.enum(['private', 'shared', 'public']),
    starred: z.boolean(),
    folder_id: z.string().nullable(),
    structured: OmiStructured,
    transcript_segments: z.array(OmiSegment).optional().describe('Not in lists'),
    transcript_segments_compressed: z.boolean(),
    geolocation: Geolocation.nullable(),
    photos: z.array(z.never()),
    audio_files: z.array(OmiAudioFile).describe('One for all of it; none where its audio is gone'),
    apps_results: z.array(z.never()),
    plugins_results: z.array(z.never()),
    suggested_summarization_apps: z.array(z.never()),
    speaker_label_suggestions: z.array(z.never()),
    external_data: z.null(),
    app_id: z.null(),
    calendar_event: z.null(),
    call_id: z.null(),
    client_device_id: z.string().nullable(),
    client_platform: z.null(),
    is_locked: z.boolean(),
    deferred: z.boolean(),
    private_cloud_sync_enabled: z.boolean(),
  })
  .meta({ id: 'OmiConversation' });

export type OmiConversation = z.infer<typeof OmiConversation>;

/** What a document of Omi's tells besides the conversation itself. */
export interface About {
  microphone: string;
  deviceId: string;
  geolocation: Geolocation | null;
  /** Whose it is, if its audio is still there. */
  audioOf: string | null;
}

const NOTHING: About = { microphone: '', deviceId: 'default', geolocation: null, audioOf: null };

export function omiConversation(talk: Conversation, about: About = NOTHING): OmiConversation {
  const [language] = mostFrequent(talk.segments.flatMap((segment) => segment.language ?? []));
  return {
    ...omiSummary(talk, about),
    language: language?.split('-')[0] ?? null,
    transcript_segments: omiSegments(talk),
  };
}

/** As in a list, where the app expects no words. */
export function omiSummary(talk: ConversationSummary, about: About = NOTHING): OmiConversation {
  return {
    id: talk.id,
    created_at: iso(talk.startedAtMs),
    updated_at: iso(talk.updatedAtMs),
    started_at: iso(talk.startedAtMs),
    finished_at: iso(talk.endedAtMs),
    source: sourceOf(about.microphone),
    language: null,
    // One that failed has its words, and the app hides those that it is told have failed.
    status: talk.title === null && talk.status === 'settling' ? 'processing' : 'completed',
    discarded: talk.discarded,
    ...(talk.discarded ? { sync_relevance: 'review' as const } : {}),
    visibility: talk.visibility,
    starred: talk.starred,
    folder_id: talk.folder?.id ?? null,
    structured: structuredOf(talk),
    transcript_segments_compressed: false,
    geolocation: about.geolocation,
    photos: [],
    audio_files: about.audioOf === null ? [] : [audioOf(talk, about.audioOf)],
    apps_results: [],
    plugins_results: [],
    suggested_summarization_apps: [],
    speaker_label_suggestions: [],
    external_data: null,
    app_id: null,
    calendar_event: null,
    call_id: null,
    client_device_id: about.deviceId === 'default' ? null : about.deviceId,
    client_platform: null,
    is_locked: false,
    deferred: false,
    private_cloud_sync_enabled: false,
  };
}

function audioOf(talk: ConversationSummary, uid: string): z.infer<typeof OmiAudioFile> {
  return {
    id: AUDIO_FILE,
    uid,
    conversation_id: talk.id,
    chunk_timestamps: [talk.startedAtMs / 1000],
    provider: 'afterword',
    started_at: iso(talk.startedAtMs),
    duration: (talk.endedAtMs - talk.startedAtMs) / 1000,
  };
}

function structuredOf(talk: ConversationSummary): z.infer<typeof OmiStructured> {
  return {
    title: talk.title ?? '',
    overview: talk.overview ?? '',
    emoji: talk.emoji ?? '🧠',
    category: talk.category ?? 'other',
    sections: talk.sections.map(({ heading, body, segmentIds }) => ({
      heading,
      body_markdown: body,
      source_segment_ids: segmentIds,
      kind: 'topic',
    })),
    action_items: talk.actionItems.map(({ segmentId, context, ...task }) => ({
      ...toldOfTask({ ...task, createdAtMs: talk.startedAtMs, updatedAtMs: talk.updatedAtMs }),
      conversation_id: talk.id,
      source_segment_ids: segmentId === null ? [] : [segmentId],
      ...(context === undefined ? {} : { context }),
    })),
    events: talk.events.map(({ title, description, startsAtMs, minutes, added }) => ({
      title,
      description,
      start: iso(startsAtMs),
      duration: minutes,
      created: added,
    })),
  };
}

export function omiSegments(talk: Conversation): z.infer<typeof OmiSegment>[] {
  const speakers = new Map(talk.speakers.map(({ id }, index) => [id, index]));
  const owners = new Set(talk.speakers.flatMap(({ id, isOwner }) => (isOwner ? id : [])));
  const people = new Set(
    talk.speakers.flatMap(({ id, name, isOwner }) => (name !== null && !isOwner ? id : [])),
  );
  return talk.segments.map((segment) => {
    const number = segment.speakerId === null ? 0 : (speakers.get(segment.speakerId) ?? 0);
    return {
      id: segment.id,
      text: segment.text,
      speaker: `SPEAKER_${String(number).padStart(2, '0')}`,
      speaker_id: number,
      is_user: segment.speakerId !== null && owners.has(segment.speakerId),
      person_id: segment.speakerId !== null && people.has(segment.speakerId) ? segment.speakerId : null,
      start: (segment.startedAtMs - talk.startedAtMs) / 1000,
      end: (segment.endedAtMs - talk.startedAtMs) / 1000,
      translations: [],
      speech_profile_processed: true,
      stt_provider: segment.provider,
    };
  });
}

/** By the name of the device in the file's name, as Omi's server does it. */
export const SOURCES = [
  { source: 'limitless', pattern: '%limitless%' },
  { source: 'phone', pattern: '%omibatchphone%' },
  { source: 'phone', pattern: '%phonemic%' },
] as const;

function sourceOf(microphone: string): string {
  return SOURCES.find(({ pattern }) => microphone.includes(pattern.slice(1, -1)))?.source ?? 'omi';
}

/** The first of equally frequent ones comes first. */
function mostFrequent(values: readonly string[]): string[] {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts.keys()].sort((a, b) => (counts.get(b)?.length ?? 0) - (counts.get(a)?.length ?? 0));
}
