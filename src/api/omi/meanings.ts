/**
 * Says what every code of `errors.ts` means to Omi's app: the status that refuses a request, and what the phone does
 * with a file that ended with it. The type requires an entry for each code, so that a new one cannot be forgotten.
 *
 * Danger: the newest app takes 400, 403 and 413 as final. It marks the whole batch as rejected and offers only to
 * delete it. So an error that may pass, or concerns one file of several, never has one of these statuses here. 401,
 * 421, 422 and everything from 500 on are sent again.
 */
import type { ErrorCode } from '../../errors.ts';

/**
 * Whether the phone should keep its copy.
 * `heals`: a later attempt can succeed. `lost`: the bytes are not in our store, so the phone has the only copy. `kept`:
 * refused for good, and the bytes are in our store, so sending them again changes nothing.
 */
export type Fate = 'heals' | 'lost' | 'kept';

interface Meaning {
  /** The status that refuses the whole request. */
  readonly status: number;
  readonly fate: Fate;
  /** Omi's `reason_code`, or our own code if Omi has none. */
  readonly reason: string;
  /** Omi's word for why it is to come later, in `X-Omi-Rate-Limit-Reason`; `fair_use` would be a verdict on the person. */
  readonly limitReason?: 'backfill_paced' | 'backfill_capacity';
  /** No file with this code can ever be accepted: a request with such files only is refused with the status. */
  readonly final?: true;
}

/** The app never sends files again whose job failed with one of these codes. */
export const GIVES_UP: ReadonlySet<string> = new Set(['sync_invalid_audio', 'stt_invalid_input']);

export const MEANINGS = {
  // Omi's server answers 422 to a form without its field; the app sends it again.
  no_files: refuses(422),
  body_not_multipart: refuses(422),
  // The phone's network or a proxy broke the upload; sent again, it may arrive whole.
  body_broken: refuses(500),
  // The client that wrote such a form may be updated; the phone keeps its copy until then.
  body_compressed: refuses(500),
  boundary_missing: refuses(500),
  form_without_boundary: refuses(500),
  form_not_closed: refuses(500),
  form_bare_line_feeds: refuses(500),
  form_broken: refuses(500),
  part_broken: refuses(500),
  part_without_file_name: refuses(500),
  // The operator corrects these, and then the same files are accepted.
  user_missing: refuses(401),
  sender_unclear: refuses(401),
  // The app gets itself a new token and sends the same again.
  not_signed_in: refuses(401),
  key_mistyped: refuses(401),
  key_refused: refuses(401),
  token_refused: refuses(401),
  session_ended: refuses(401),
  // Not 403, which is final to the app: the operator can let the key or the person in, and then the files are accepted.
  scope_missing: refuses(401),
  not_admitted: refuses(401),
  sign_in_failed: refuses(500),
  sign_in_unavailable: refuses(503),
  identity_taken: refuses(500),
  last_identity: refuses(500),
  too_many_devices: refuses(500),
  changed_meanwhile: refuses(412),
  too_many_decisions: refuses(409),
  cannot_split: refuses(422),
  cannot_merge: refuses(422),
  unknown_folder: refuses(422),
  unknown_speaker: refuses(422),
  last_folder: refuses(409),
  folder_exists: refuses(409),
  too_many_folders: refuses(409),
  too_many_people: refuses(409),
  too_many_action_items: refuses(409),
  push_not_set_up: refuses(500),
  push_address: refuses(500),
  too_many_keys: refuses(500),
  too_many_webhooks: refuses(500),
  webhook_disabled: refuses(500),
  webhook_address: refuses(500),
  stream_token: refuses(401),
  wrong_host: refuses(421),
  foreign_page: refuses(401),
  http_broken: refuses(500),
  headers_too_large: refuses(500),
  request_timeout: refuses(500),
  body_stalled: refuses(500),
  resumable_taken: refuses(503),
  too_many_unfinished: refuses(503),
  not_in_time: refuses(503),
  part_too_large: { status: 413, fate: 'lost', reason: 'sync_file_too_large', final: true },
  // Each of the files can be accepted in a smaller batch.
  too_many_files: refuses(500),
  invalid_request: refuses(500),
  no_such_address: refuses(404),
  not_found: refuses(404),
  time_not_the_reason: refuses(500),
  storage_full: refuses(507),
  unavailable: refuses(503),
  busy: { ...refuses(503), limitReason: 'backfill_capacity' },
  // The app waits as long as it is told, and burns none of its retries.
  too_many_requests: { ...refuses(429), limitReason: 'backfill_paced' },
  too_much_under_way: { ...refuses(429), limitReason: 'backfill_paced' },
  too_much_queued: { ...refuses(429), limitReason: 'backfill_capacity' },
  // The app takes 413 as final, and does not know 507.
  space_used_up: { ...refuses(503), limitReason: 'backfill_capacity' },
  language_calls_used_up: verdict('heals', 'sync_queued'),
  too_many_streams: refuses(503),
  not_deleted: refuses(503),
  not_changed: refuses(503),
  internal: refuses(500),

  name_without_time: verdict('kept', 'sync_capture_time_missing'),
  name_not_a_recording: { status: 400, fate: 'kept', reason: 'sync_invalid_file_name', final: true },
  name_with_path: { status: 400, fate: 'kept', reason: 'sync_invalid_file_name', final: true },
  clock_in_future: verdict('kept', 'sync_capture_time_in_future'),
  clock_too_old: verdict('kept', 'sync_capture_clock_not_set'),

  audio_gone: verdict('kept', 'sync_audio_not_kept'),
  time_of_file: verdict('kept', 'sync_capture_time_from_file'),
  date_in_name: verdict('kept', 'sync_capture_time_from_name'),
  clock_shifted: verdict('kept', 'sync_capture_clock_shifted'),
  time_not_taken: verdict('kept', 'sync_capture_time_not_taken'),
  deleted: verdict('kept', 'deleted_by_user'),
  poison: verdict('heals', 'sync_repeat_failure_paused'),
  // Not 403, which is final to the app: who was deleted can come back with an upload elsewhere, and the phone has the only copy.
  user_deleted: { status: 401, fate: 'lost', reason: 'account_deleted' },
  // The transfer from the recorder may have failed, and none of the audio is here.
  empty_file: verdict('lost', 'sync_empty_file'),
  erased_storage: verdict('kept', 'sync_invalid_audio'),
  no_frames: verdict('kept', 'sync_invalid_audio'),
  not_audio: verdict('kept', 'sync_invalid_audio'),
  // A later version may read this format, and the bytes are here.
  unsupported_format: verdict('kept', 'sync_unsupported_format'),

  queued: verdict('heals', 'sync_queued'),
  working: verdict('heals', 'sync_queued'),
  unintelligible: verdict('kept', 'stt_empty_unexpected'),
  partly_unintelligible: verdict('kept', 'stt_empty_unexpected'),
  unknown_language: verdict('kept', 'stt_empty_unexpected'),
  damaged: verdict('kept', 'decode_error'),
  conversation_deleted: verdict('kept', 'deleted_by_user'),
  timeout: verdict('heals', 'stt_timeout'),
  overdue: verdict('heals', 'stt_timeout'),
  rate_limited: verdict('heals', 'stt_upstream_error'),
  upstream: verdict('heals', 'stt_upstream_error'),
  // A person retries it after an update, and the bytes are here; until then the phone keeps its copy.
  defect: verdict('heals', 'sync_repeat_failure_paused'),
  configuration: verdict('heals', 'stt_provider_configuration_error'),
  invalid_input: verdict('kept', 'stt_invalid_input'),
  // Sent again, it is stored again.
  blob_missing: verdict('lost', 'sync_staged_audio_expired'),
  // No upload is refused with these.
  audio_not_ready: refuses(503),
  no_sound: refuses(404),
  range_outside: refuses(416),
  audio_address: refuses(401),
} as const satisfies Record<ErrorCode, Meaning>;

/** Omi's own words for who is not let in, which its app knows. */
const OMI_WORDS: Partial<Record<ErrorCode, string>> = {
  not_signed_in: 'Authorization header not found',
  key_mistyped: 'Invalid authorization token',
  key_refused: 'Invalid authorization token',
  token_refused: 'Invalid authorization token',
  session_ended: 'Invalid authorization token',
};

export function omiWordsFor(code: ErrorCode): string | null {
  return OMI_WORDS[code] ?? null;
}

/** Used for a code of another version, which is unknown here: the phone keeps its copy. */
const UNKNOWN: Meaning = verdict('heals', 'sync_decode_failed');

export function meaningOf(code: string | null): Meaning {
  return code !== null && Object.hasOwn(MEANINGS, code) ? MEANINGS[code as ErrorCode] : UNKNOWN;
}

/** Refuses requests. As the failure of a file it is a failure of the machine, and passes. */
function refuses(status: number): Meaning {
  return { status, fate: 'heals', reason: 'sync_decode_failed' };
}

/** Occurs for a file in a job and refuses no request; if it did, the request would be sent again. */
function verdict(fate: Fate, reason: string): Meaning {
  return { status: 500, fate, reason };
}
