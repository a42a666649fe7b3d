/**
 * The app's parsers. They throw where it throws: a field with a default may be absent but not null, a date is a string of
 * ISO 8601, a required field is there. Values are held to the enumerations of the contract, and fields of ours are ignored.
 */
import { z } from 'zod';

/** A date without a zone would be read in the phone's own. */
const date = z.iso.datetime({ offset: true });
const strings = z.array(z.string());
const seconds = z.number().min(0);

const CATEGORIES =
  'personal education health finance legal philosophy spiritual science entrepreneurship parenting romantic travel inspiration technology business social work sports politics literature history architecture music weather news entertainment psychology real design family economics environment other'.split(
    ' ',
  );

const REASON_CODES = [
  'backfill_capacity',
  'backfill_paced',
  'destructive_operation_in_progress',
  'stt_empty_unexpected',
  'stt_invalid_input',
  'stt_provider_configuration_error',
  'stt_timeout',
  'stt_upstream_error',
  'sync_backfill_dispatch_unavailable',
  'sync_backfill_paced',
  'sync_conversation_persistence_fenced',
  'sync_dispatch_staging_failed',
  'sync_decode_failed',
  'sync_invalid_audio',
  'sync_staged_audio_expired',
  'sync_transcription_budget_exhausted',
  'sync_vad_failed',
  'sync_worker_stale',
  'sync_dispatch_lost',
  'sync_repeat_failure_paused',
  'account_cutover',
  'sync_sequencer_registration_failed',
];

const lane = z.enum(['fresh', 'backfill']);
const jobStatus = z.enum(['queued', 'processing', 'completed', 'partial_failure', 'failed']);
const count = z.int().min(0);

/** 202 of an upload. */
export const JobStart = z.object({
  job_id: z.string().min(1),
  lane: lane.optional(),
  poll_after_ms: count,
  status: jobStatus,
  total_files: count,
  total_segments: count,
});

const JobResult = z.object({
  errors: strings.max(10).nullish(),
  failed_segments: count.default(0),
  new_memories: strings.nullish(),
  total_segments: count.default(0),
  updated_memories: strings.nullish(),
});

/** 200 of a poll. */
export const Job = z.object({
  error: z.string().nullish(),
  failed_segments: count.default(0),
  job_id: z.string().min(1),
  lane: lane.optional(),
  processed_segments: count.default(0),
  reason_code: z.enum(REASON_CODES).nullish(),
  recording_age_seconds: z.int().nullish(),
  result: JobResult.nullish(),
  retry_after: z.int().nullish(),
  status: jobStatus,
  successful_segments: count.default(0),
  total_segments: count.default(0),
});
export type Job = z.infer<typeof Job>;

/** 200 of an upload, as the first version of the route answers. */
export const SyncResult = z.object({
  new_memories: strings,
  updated_memories: strings,
  failed_segments: count.default(0),
});

const Segment = z.object({
  end: seconds,
  id: z.string().nullish(),
  is_user: z.boolean(),
  person_id: z.string().nullish(),
  speaker: z.string().nullish(),
  speaker_id: z.int().nullish(),
  speech_profile_processed: z.boolean().optional(),
  start: seconds,
  stt_provider: z.string().nullish(),
  text: z.string(),
  translations: z.array(z.object({ lang: z.string(), text: z.string() })).nullish(),
});

const ActionItem = z.object({
  completed: z.boolean().optional(),
  completed_at: date.nullish(),
  conversation_id: z.string().nullish(),
  created_at: date.nullish(),
  description: z.string(),
  due_at: date.nullish(),
  updated_at: date.nullish(),
});

const Event = z.object({
  created: z.boolean().optional(),
  description: z.string().optional(),
  duration: z.int().optional(),
  start: date,
  title: z.string(),
});

const Structured = z.object({
  action_items: z.array(ActionItem).nullish(),
  category: z.enum(CATEGORIES).optional(),
  emoji: z.string().optional(),
  events: z.array(Event).nullish(),
  overview: z.string().optional(),
  title: z.string().optional(),
});

const AudioFile = z.object({
  chunk_timestamps: z.array(z.number()),
  conversation_id: z.string(),
  duration: seconds,
  id: z.string(),
  provider: z.string().optional(),
  started_at: date.nullish(),
  uid: z.string(),
});

const Span = z.object({ artifact_offset: seconds, file_id: z.string(), len: seconds, wall_offset: seconds });

const ConversationAudio = z.object({
  audio_files_fingerprint: z.string(),
  built_at: date.nullish(),
  captured_duration: seconds,
  content_type: z.string().optional(),
  duration: seconds,
  spans: z.array(Span).optional(),
});

const Geolocation = z.object({
  address: z.string().nullish(),
  google_place_id: z.string().nullish(),
  latitude: z.number(),
  location_type: z.string().nullish(),
  longitude: z.number(),
});

const Photo = z.object({
  base64: z.string(),
  created_at: date.nullish(),
  description: z.string().nullish(),
  discarded: z.boolean().optional(),
  id: z.string().nullish(),
});

const SpeakerSuggestion = z.object({
  confidence: z.number().optional(),
  person_name: z.string(),
  segment_ids: strings.optional(),
  speaker_id: z.int(),
});

const CalendarEvent = z.object({
  attendee_emails: strings.optional(),
  attendees: strings.optional(),
  end_time: date,
  event_id: z.string(),
  html_link: z.string().nullish(),
  start_time: date,
  title: z.string(),
});

export const Conversation = z.object({
  app_id: z.string().nullish(),
  apps_results: z.array(z.object({ app_id: z.string().nullable(), content: z.string() })).optional(),
  audio_files: z.array(AudioFile).default([]),
  calendar_event: CalendarEvent.nullish(),
  call_id: z.string().nullish(),
  client_device_id: z.string().nullish(),
  client_platform: z.string().nullish(),
  conversation_audio: ConversationAudio.nullish(),
  created_at: date,
  data_protection_level: z.string().nullish(),
  deferred: z.boolean().optional(),
  discarded: z.boolean().optional(),
  external_data: z.record(z.string(), z.unknown()).nullish(),
  finished_at: date.nullable(),
  folder_id: z.string().nullish(),
  geolocation: Geolocation.nullish(),
  id: z.string().min(1),
  is_locked: z.boolean().optional(),
  language: z.string().nullish(),
  photos: z.array(Photo).optional(),
  plugins_results: z.array(z.object({ content: z.string(), plugin_id: z.string().nullable() })).optional(),
  private_cloud_sync_enabled: z.boolean().optional(),
  processing_conversation_id: z.string().nullish(),
  processing_memory_id: z.string().nullish(),
  source: z.string().nullish(),
  speaker_label_suggestions: z.array(SpeakerSuggestion).optional(),
  starred: z.boolean().optional(),
  started_at: date.nullable(),
  status: z.enum(['in_progress', 'processing', 'merging', 'completed', 'failed']).nullish(),
  structured: Structured,
  suggested_summarization_apps: strings.optional(),
  transcript_segments: z.array(Segment).default([]),
  transcript_segments_compressed: z.boolean().nullish(),
  updated_at: date.nullish(),
  visibility: z.enum(['private', 'shared', 'public']).optional(),
});
export type Conversation = z.infer<typeof Conversation>;

/** A bare array. */
export const ConversationList = z.array(Conversation);

const segments = z.array(Segment);
export const Transcripts = z.object({
  deepgram: segments,
  soniox: segments,
  whisperx: segments,
  speechmatics: segments,
  prerecorded: segments.optional(),
});

export const Precache = z.object({
  audio_file_count: z.int().nullish(),
  message: z.string().nullish(),
  status: z.enum(['started', 'no_audio']),
});

const audioStatus = z.enum(['cached', 'pending', 'unavailable']);
const AudioUrl = z.object({
  content_type: z.string().nullish(),
  duration: seconds.optional(),
  id: z.string(),
  signed_url: z.string().nullish(),
  status: audioStatus,
});
export const AudioUrls = z.object({
  audio_files: z.array(AudioUrl),
  conversation_audio: z
    .object({
      captured_duration: seconds.nullish(),
      content_type: z.string().nullish(),
      duration: seconds.nullish(),
      signed_url: z.string().nullish(),
      spans: z.array(Span).optional(),
      status: audioStatus,
    })
    .nullish(),
  poll_after_ms: z.int().nullish(),
});

export const Search = z.object({
  current_page: z.int(),
  items: ConversationList,
  per_page: z.int(),
  total_pages: z.int(),
});

export const ActionItems = z.object({
  action_items: z.array(
    z.object({
      completed: z.boolean(),
      completed_at: date.nullish(),
      conversation_id: z.string().nullish(),
      created_at: date.nullish(),
      description: z.string(),
      due_at: date.nullish(),
      exported: z.boolean().optional(),
      id: z.string(),
      indent_level: z.int().optional(),
      is_locked: z.boolean().optional(),
      sort_order: z.int().optional(),
      updated_at: date.nullish(),
    }),
  ),
  has_more: z.boolean().optional(),
});

export const Folders = z.array(
  z.object({
    category_mapping: z.string().nullish(),
    color: z.string().optional(),
    conversation_count: count.optional(),
    created_at: date,
    description: z.string().nullish(),
    icon: z.string().optional(),
    id: z.string(),
    is_default: z.boolean().optional(),
    is_system: z.boolean().optional(),
    name: z.string(),
    order: z.int().optional(),
    updated_at: date,
  }),
);

/** @returns what is wrong with a body; null when the app reads it */
export function complaintAbout(schema: z.ZodType, body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'it is no JSON';
  }
  const { success, error } = schema.safeParse(value);
  if (success) return null;
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`)
    .join('; ');
}

/** @returns null where the app would throw */
export function read<T>(schema: z.ZodType<T>, body: string): T | null {
  try {
    return schema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
