/**
 * Reads a conversation as strictly as the parsers of Omi's app: what has a default there may be missing but not null, what may
 * be null may be missing, dates are ISO 8601 strings, and nothing is turned into another type.
 */
import { z } from 'zod';

const date = z.string().refine((text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)));
const maybe = <T extends z.ZodType>(type: T) => type.nullable().optional();

const Segment = z.looseObject({
  start: z.number(),
  end: z.number(),
  text: z.string(),
  is_user: z.boolean(),
  id: maybe(z.string()),
  person_id: maybe(z.string()),
  speaker: maybe(z.string()),
  speaker_id: maybe(z.int()),
  speech_profile_processed: z.boolean().optional(),
  stt_provider: maybe(z.string()),
  translations: maybe(z.array(z.looseObject({ lang: z.string(), text: z.string() }))),
});

const Task = z.looseObject({
  description: z.string(),
  completed: z.boolean().optional(),
  completed_at: maybe(date),
  conversation_id: maybe(z.string()),
  created_at: maybe(date),
  due_at: maybe(date),
  updated_at: maybe(date),
});

const Event = z.looseObject({
  start: date,
  title: z.string(),
  created: z.boolean().optional(),
  description: z.string().optional(),
  duration: z.int().optional(),
});

const Structured = z.looseObject({
  action_items: maybe(z.array(Task)),
  events: maybe(z.array(Event)),
  category: z.string().optional(),
  emoji: z.string().optional(),
  overview: z.string().optional(),
  title: z.string().optional(),
});

const AudioFile = z.looseObject({
  chunk_timestamps: z.array(z.number()),
  conversation_id: z.string(),
  duration: z.number(),
  id: z.string(),
  uid: z.string(),
  provider: z.string().optional(),
  started_at: maybe(date),
});

const Location = z.looseObject({
  latitude: z.number(),
  longitude: z.number(),
  address: maybe(z.string()),
  google_place_id: maybe(z.string()),
  location_type: maybe(z.string()),
});

export const AppConversation = z.looseObject({
  id: z.string(),
  created_at: date,
  structured: Structured,
  // The keys have to be there.
  started_at: date.nullable(),
  finished_at: date.nullable(),
  updated_at: maybe(date),
  transcript_segments: z.array(Segment).optional(),
  transcript_segments_compressed: maybe(z.boolean()),
  apps_results: z.array(z.looseObject({ app_id: z.string().nullable(), content: z.string() })).optional(),
  plugins_results: z
    .array(z.looseObject({ plugin_id: z.string().nullable(), content: z.string() }))
    .optional(),
  audio_files: z.array(AudioFile).optional(),
  photos: z.array(z.looseObject({ base64: z.string() })).optional(),
  speaker_label_suggestions: z.array(z.unknown()).optional(),
  suggested_summarization_apps: z.array(z.string()).optional(),
  geolocation: maybe(Location),
  calendar_event: maybe(z.looseObject({})),
  external_data: maybe(z.looseObject({})),
  app_id: maybe(z.string()),
  call_id: maybe(z.string()),
  client_device_id: maybe(z.string()),
  client_platform: maybe(z.string()),
  data_protection_level: maybe(z.string()),
  folder_id: maybe(z.string()),
  language: maybe(z.string()),
  processing_conversation_id: maybe(z.string()),
  processing_memory_id: maybe(z.string()),
  source: maybe(z.string()),
  status: maybe(z.enum(['in_progress', 'processing', 'merging', 'completed', 'failed'])),
  deferred: z.boolean().optional(),
  discarded: z.boolean().optional(),
  is_locked: z.boolean().optional(),
  private_cloud_sync_enabled: z.boolean().optional(),
  starred: z.boolean().optional(),
  visibility: z.string().optional(),
});

/** A task in the app's own list. */
export const AppTask = z.looseObject({
  id: z.string(),
  description: z.string(),
  completed: z.boolean(),
  created_at: maybe(date),
  updated_at: maybe(date),
  due_at: maybe(date),
  completed_at: maybe(date),
  conversation_id: maybe(z.string()),
  is_locked: z.boolean().optional(),
  exported: z.boolean().optional(),
  export_date: maybe(date),
  export_platform: maybe(z.string()),
  apple_reminder_id: maybe(z.string()),
  sort_order: z.int().optional(),
  indent_level: z.int().optional(),
});
