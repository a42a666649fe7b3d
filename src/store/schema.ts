/**
 * Describes the rows in TypeScript. `migrations/*.sql` define them; this file follows.
 * Glossary: a **recording** is one file's bytes, once per person. An **upload** is one request's set of files. A
 * **piece** is a stretch of speech sent to a transcriber in one call. A **segment** is words with absolute times. A
 * **conversation** is a maximal run of segments without a silence of 120 s or more. A **voice** is a label that a
 * provider gives within one piece; a **speaker** is the person to whom voices belong.
 */
import type { ColumnType, Generated, GeneratedAlways, Selectable } from 'kysely';
import type { AudioHint } from '../audio/hint.ts';
import type { DecodeReport } from '../audio/report.ts';
import type { Understanding } from '../meaning/understanding.ts';
import type { ProviderCall, Word } from '../speech/transcriber.ts';
import type { Resume } from '../speech/vad/mark.ts';
import type { BordersTable, RecordingEndsTable } from './tables/borders.ts';
import type {
  OutsideCallsView,
  ProviderCallsTable,
  ProviderLimitsTable,
  ProviderSharesTable,
  UsageTable,
} from './tables/calls.ts';
import type { Json, Lane } from './tables/columns.ts';
import type { ActionItemsTable, DecisionsTable, Standing } from './tables/decisions.ts';
import type { StageBeginsTable, StageRatesTable, WorkerPlacesTable } from './tables/estimates.ts';
import type {
  BlobsTable,
  ObjectHoldsTable,
  ObjectKeysTable,
  ObjectsToFreeTable,
  OrphanSearchTable,
  WatchedFilesTable,
} from './tables/objects.ts';
import type {
  ApiKeysTable,
  IdentitiesTable,
  LanguageCallsTable,
  PersonSettingsTable,
  SessionsTable,
  UsersTable,
} from './tables/people.ts';
import type { ResumableChunksTable, ResumableUploadsTable } from './tables/resumable.ts';
import type {
  SearchConfigurationsTable,
  SearchLanguagesTable,
  SearchLinesTable,
  SearchOlderTable,
} from './tables/search.ts';
import type { RecordingSoundsTable, SoundsToCopyTable } from './tables/sounds.ts';
import type { SpeakersTable, VoicesTable } from './tables/speakers.ts';
import type {
  EventCountersTable,
  EventsTable,
  PushDeliveriesTable,
  PushDevicesTable,
  PushMessagesTable,
  PushPeopleTable,
  PushToldTable,
  PushUploadsTable,
  ServerKeysTable,
  UploadEndsTable,
  WebhookAttemptsTable,
  WebhookDeliveriesTable,
  WebhookEndpointsTable,
} from './tables/telling.ts';
import type { CapturesTable, UploadFilesTable, UploadsTable } from './tables/uploads.ts';

/** `processing` and `waiting` change by themselves; the others are final. */
export type Outcome = 'waiting' | 'processing' | 'completed' | 'silent' | 'rejected' | 'failed' | 'deleted';

export interface PieceSegment {
  startMs: number;
  endMs: number;
  text: string;
  speaker: string | null;
  words?: Word[] | undefined;
}

/** Milliseconds spent in each stage of a recording, and how often it was interrupted. */
export interface Timings {
  queuedMs?: number;
  decodeMs?: number;
  listenMs?: number;
  transcribeMs?: number;
  placeMs?: number;
  totalMs?: number;
  /** Number of windows sent to a hosted speech detector; missing without one. */
  vadWindows?: number;
  /** Number of these that Silero examined instead. */
  vadFallbacks?: number;
}

/** The point from which transcribing goes on: all pieces before it are stored. */
export interface StoredMark extends Resume {
  heardMs: number;
  /** The settings of listening and cutting: other settings cut other pieces. */
  cut: string;
  /** Missing in marks of a version that may have lost words before them. */
  isWhole?: true;
}

/** From the start of the recording. */
interface PieceSpan {
  fromMs: number;
  toMs: number;
}

/** Where its pieces were cut off, so that every attempt cuts the same. */
interface StoredLimits {
  cut: string;
  /** By ordinal, in samples; null for a piece that ended by itself. */
  limits: (number | null)[];
  /** Those of a version that lost some pieces, by where each piece begins. */
  earlier?: readonly { startMs: number; limit: number | null }[] | undefined;
}

/** The worker that holds the work, its crashes, and when it is run alone (`pipeline/crashes.ts`). */
interface HeldColumns {
  held_by: string | null;
  crashes: Generated<number>;
  alone_from_ms: number | null;
}

/** The call with the diarization sample of a conversation, as far as it has come. */
export interface ReelCall {
  revision: number;
  startedAtMs: number;
  /** null while it runs, if its process died during it, and if the words changed meanwhile. */
  outcome: 'linked' | 'no_speakers' | 'failed' | null;
  /** Number of voices in the sample, and its length. */
  voices: number;
  durationMs: number;
  tookMs?: number;
  provider?: string;
  model?: string;
  calls?: readonly ProviderCall[];
}

/** A segment whose words another recording of the same microphone contains too. */
interface RepetitionsTable {
  segment_id: string;
  recording_id: string;
  offset_ms: number;
}

interface TurnsTable {
  user_id: string;
  lane: Lane;
  served_ms: number;
}

interface RecordingsTable extends HeldColumns {
  id: string;
  user_id: string;
  sha256: string;
  size_bytes: number;
  name: string;
  device_id: string;
  microphone: string;
  codec: ColumnType<AudioHint | null, string | null, string | null>;
  started_at_ms: number | null;
  accepted_at_ms: number;
  attempt: Generated<number>;
  outcome: Outcome;
  code: string | null;
  reason: string | null;
  retryable: Generated<boolean>;
  finished_at_ms: number | null;
  duration_ms: number | null;
  heard_ms: Generated<number>;
  decode_report: ColumnType<DecodeReport | null, string | null, string | null>;
  timings: ColumnType<Timings, string | undefined, string>;
  lane: ColumnType<Lane, Lane | undefined, Lane>;
  tries: Generated<number>;
  next_try_at_ms: number | null;
  due_at_ms: number | null;
  charged_ms: number | null;
  mark: ColumnType<StoredMark | null, string | null | undefined, string | null>;
  piece_limits: ColumnType<StoredLimits | null, string | null | undefined, string | null>;
  /** The attempt that has listened to all of it; null: an earlier version did, and may have lost words. */
  whole_attempt: Generated<number | null>;
  /** It was begun once more because of that. */
  heard_again: Generated<boolean>;
  /** When the person restored it after deleting it. */
  restored_at_ms: Generated<number | null>;
  /** Its words stay; null: its audio is there. */
  audio_removed_at_ms: number | null;
}

/**
 * What was deleted of a recording, in its own time. The last four columns describe the recording, which may be a
 * tombstone.
 */
interface DeletedSpansTable {
  recording_id: string;
  from_ms: number;
  to_ms: number;
  user_id: string;
  microphone: string;
  started_at_ms: number;
  deleted_at_ms: number;
}

/** Where words that left a conversation lie in their recording, in its own time. */
interface FormerWordsTable {
  conversation_id: string;
  recording_id: string;
  from_ms: number;
  to_ms: number;
}

/** One of a piece's guards: some of its words were deleted before and are left out. */
export const DELETED_GUARD = 'deleted';

interface PiecesTable {
  recording_id: string;
  ordinal: number;
  start_ms: number;
  end_ms: number;
  segments: Json<PieceSegment[]>;
  unintelligible: boolean;
  guards: Json<string[]>;
  provider: string;
  model: string;
  language: string | null;
  /** From 0 to 1, how much several transcriptions of it contradict each other; null if it was not measured. */
  unsteadiness: Generated<number | null>;
  /** Derived from its neighbours (`timeline/unknown-language.ts`): its words are not shown. */
  unknown_language: Generated<boolean>;
  /** The long pauses that were cut out of its sound. */
  pauses: ColumnType<PieceSpan[] | null, string | null | undefined, string | null>;
  /** What it says is heard across a border too, and its own words are not shown. */
  covered: Generated<boolean>;
}

interface ConversationsTable extends HeldColumns {
  id: string;
  user_id: string;
  device_id: string;
  started_at_ms: number;
  ended_at_ms: number;
  first_recording_id: string;
  revision: number;
  understood_revision: Generated<number>;
  understanding: ColumnType<Understanding | null, string | null, string | null>;
  failure: string | null;
  failure_code: string | null;
  attempt: Generated<number>;
  tries: Generated<number>;
  next_try_at_ms: number | null;
  merged_into: string | null;
  created_at_ms: number;
  updated_at_ms: number;
  reel: ColumnType<ReelCall | null, string | null, string | null>;
  /** Of which words the understanding was made, and of which revision these are. */
  understood_words: Generated<Buffer | null>;
  understood_words_of: Generated<number | null>;
  /** The revision that was filler only; of another revision it says nothing. */
  fragment_revision: Generated<number | null>;
  /** What its person has decided about it, derived from `decisions`. */
  decided: ColumnType<Standing | null, string | null | undefined, string | null>;
  /** The decided folder, or the one that was understood. */
  folder_id: GeneratedAlways<string | null>;
  /** The digest of the tasks of which its rows of `action_items` were made. */
  items_of: Generated<string | null>;
  items_digest: GeneratedAlways<string | null>;
}

interface SegmentsTable {
  id: string;
  recording_id: string;
  user_id: string;
  device_id: string;
  conversation_id: string | null;
  started_at_ms: number;
  ended_at_ms: number;
  text: string;
  speaker: string | null;
  provider: string;
  model: string;
  /** Only the previous version marks deleted segments; each mark becomes a row of `deleted_spans`. */
  deleted_at_ms: number | null;
  revision: Generated<number>;
  words: ColumnType<Word[] | null, string | null, string | null>;
  language: string | null;
  voice_id: GeneratedAlways<string | null>;
  /** Copied from its piece; such a segment belongs to no conversation. */
  unknown_language: Generated<boolean>;
  /** Derived from `decisions`; null: as it was heard. */
  decided_text: Generated<string | null>;
  /** Derived from `decisions`; null: the speaker of its voice. */
  decided_speaker_id: Generated<string | null>;
}

interface ForgottenWorkTable {
  workflow_id: string;
}

export interface Schema {
  resumable_uploads: ResumableUploadsTable;
  resumable_chunks: ResumableChunksTable;
  users: UsersTable;
  person_settings: PersonSettingsTable;
  language_calls: LanguageCallsTable;
  identities: IdentitiesTable;
  api_keys: ApiKeysTable;
  sessions: SessionsTable;
  turns: TurnsTable;
  blobs: BlobsTable;
  objects_to_free: ObjectsToFreeTable;
  watched_files: WatchedFilesTable;
  object_holds: ObjectHoldsTable;
  object_keys: ObjectKeysTable;
  orphan_search: OrphanSearchTable;
  recordings: RecordingsTable;
  recording_sounds: RecordingSoundsTable;
  sounds_to_copy: SoundsToCopyTable;
  uploads: UploadsTable;
  upload_files: UploadFilesTable;
  recording_ends: RecordingEndsTable;
  borders: BordersTable;
  pieces: PiecesTable;
  provider_calls: ProviderCallsTable;
  outside_calls: OutsideCallsView;
  conversations: ConversationsTable;
  segments: SegmentsTable;
  repetitions: RepetitionsTable;
  speakers: SpeakersTable;
  voices: VoicesTable;
  deleted_spans: DeletedSpansTable;
  former_words: FormerWordsTable;
  captures: CapturesTable;
  decisions: DecisionsTable;
  action_items: ActionItemsTable;
  search_configurations: SearchConfigurationsTable;
  search_lines: SearchLinesTable;
  search_languages: SearchLanguagesTable;
  search_older: SearchOlderTable;
  forgotten_work: ForgottenWorkTable;
  provider_limits: ProviderLimitsTable;
  provider_shares: ProviderSharesTable;
  usage: UsageTable;
  event_counters: EventCountersTable;
  events: EventsTable;
  upload_ends: UploadEndsTable;
  server_keys: ServerKeysTable;
  webhook_endpoints: WebhookEndpointsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  push_devices: PushDevicesTable;
  push_people: PushPeopleTable;
  push_uploads: PushUploadsTable;
  push_told: PushToldTable;
  push_messages: PushMessagesTable;
  push_deliveries: PushDeliveriesTable;
  stage_rates: StageRatesTable;
  stage_begins: StageBeginsTable;
  worker_places: WorkerPlacesTable;
}

export type Recording = Selectable<RecordingsTable>;
export type StoredPiece = Selectable<PiecesTable>;
export type Conversation = Selectable<ConversationsTable>;
export type WebhookEndpoint = Selectable<WebhookEndpointsTable>;
export type WebhookDelivery = Selectable<WebhookDeliveriesTable>;
export type PushDevice = Selectable<PushDevicesTable>;
export type PushMessage = Selectable<PushMessagesTable>;
