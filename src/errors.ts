/**
 * This table lists everything that can be refused or fail: a stable code, the HTTP status where it answers a request,
 * whether trying again can help, and what the person can do.
 * A verdict on one file of a request never becomes the status of that request, so that the other files are unaffected
 * (rule "The recording is the unit" in ARCHITECTURE.md).
 */
import { type ErrorEntry, entry, REQUEST_ERRORS } from './request-errors.ts';

/** Every error about a time has this remedy. */
const SET_ITS_TIME =
  'PATCH /api/v1/recordings/{id} with its real start, as {"startedAtMs": 1774000000000}, puts it at that time.';
/** Recordings and conversations share these codes. */
const TRY_NOW =
  'It is tried again at "nextTryAtMs" if that is set. To try it now: POST /api/v1/recordings/{id}/retry, or POST /api/v1/conversations/{id}/retry for a conversation. What is already transcribed is not transcribed twice.';

export const ERRORS = {
  ...REQUEST_ERRORS,

  // Verdicts on one file by its name.
  name_without_time: entry(
    400,
    false,
    'The name does not tell when the recording was made',
    `${SET_ITS_TIME} The audio is kept. Next time, end the name in the start in Unix seconds, as memo_1774000000.wav.`,
  ),
  name_not_a_recording: entry(
    400,
    false,
    'The name does not end like that of a recording',
    'Send .bin, .wav, .ogg, .opus, .mp3, .flac, .m4a, .aac, .webm, .mka, .caf, .aiff, .au, .amr, .3gp or .wma files. Convert others first, as: ffmpeg -i memo.wv -c:a libopus memo_1774000000.ogg (the number is the start in Unix seconds).',
  ),
  name_with_path: entry(400, false, 'The name contains a path', 'Send the file name without its folder.'),
  clock_in_future: entry(
    400,
    false,
    'The recording begins in the future: the clock of the device was ahead',
    `${SET_ITS_TIME} The audio is kept.`,
  ),
  clock_too_old: entry(
    400,
    false,
    'The recording begins before 2024, or where its time was stated before 2000-01-02: the clock of the device was not set, or the number in the name is not its start',
    `${SET_ITS_TIME} The audio is kept.`,
  ),

  // Verdicts on one file by its content.
  deleted: entry(
    410,
    false,
    'You deleted this recording',
    'To get it back, send it again with ?restore=true.',
  ),
  poison: entry(
    500,
    true,
    'Several workers crashed while they worked on this',
    'The log says why they crashed. To try it again: POST /api/v1/recordings/{id}/retry, or POST /api/v1/conversations/{id}/retry for a conversation. The audio is kept.',
  ),
  time_not_taken: entry(
    200,
    false,
    'The same bytes are stored with another time already; the new time was ignored',
    `If the new time is right: ${SET_ITS_TIME}`,
  ),
  time_not_the_reason: entry(
    409,
    false,
    'The recording was not rejected for its time',
    'Follow the "remedy" of the recording: another time would not help.',
  ),
  date_in_name: entry(
    200,
    false,
    'The time was read from the date in the name, in the time zone',
    `If that is not when it was recorded: ${SET_ITS_TIME}`,
  ),
  clock_shifted: entry(
    200,
    false,
    "The recorder's clock was ahead: what it recorded last was placed at the time at which it came, and all else by that",
    `If that is not when it was recorded: ${SET_ITS_TIME}`,
  ),
  time_of_file: entry(
    200,
    false,
    'The name does not tell when it was recorded: its start was reckoned from when the file was last written',
    `If that is not when it was recorded: ${SET_ITS_TIME}`,
  ),
  audio_gone: entry(
    410,
    false,
    'Its audio was removed as its person chose; its words stay',
    'To have the audio again, send the same file with ?restore=true. How long audio is kept: "audioRetentionDays" of PATCH /api/v1/me.',
  ),
  user_deleted: entry(403, false, 'This person was deleted', 'To start again, upload with ?restore=true.'),
  empty_file: entry(
    400,
    false,
    'The file is empty',
    'Nothing was recorded, or the transfer from the device failed: transfer it again.',
  ),
  erased_storage: entry(
    400,
    false,
    'The file holds erased storage, not audio',
    'The device wrote no audio into this file: there is nothing to recover.',
  ),
  no_frames: entry(
    400,
    false,
    'No frame of the file could be decoded',
    'Transfer it from the device again. The bytes are kept.',
  ),
  not_audio: entry(400, false, 'The content is not audio', 'Check which file was sent. The bytes are kept.'),
  unsupported_format: entry(
    400,
    false,
    'The audio format is not supported',
    '"reason" names the format. Where the server has no ffmpeg, its operator installs it; then POST /api/v1/recordings/{id}/retry. Or convert the file, as: ffmpeg -i memo.m4a -c:a libopus memo_1774000000.ogg, and send that. docs/formats.md lists what is read. The bytes are kept.',
  ),

  // Why a recording waits or has failed. Conversations use the codes of providers too.
  queued: entry(
    202,
    true,
    'The recording waits for a free worker',
    'Nothing to do. If it takes long: GET /health says how many workers are running.',
  ),
  working: entry(202, true, 'The recording is being worked on', 'Nothing to do.'),
  unintelligible: entry(
    200,
    false,
    'There was speech, but no word of it was understood',
    'Listen to the recording: its audio is kept.',
  ),
  partly_unintelligible: entry(
    200,
    false,
    'Part of the speech was not understood',
    'Listen to the times in "speechWithoutWords": the audio is kept.',
  ),
  unknown_language: entry(
    200,
    false,
    'Some of the speech is in a language that the transcriber does not know',
    'Listen to the times in "speechWithoutWords": the audio is kept. Or add a transcriber that knows the language to AFTERWORD_TRANSCRIBER, as local,openai; then POST /api/v1/recordings/retry?code=unknown_language transcribes all such speech again.',
  ),
  damaged: entry(
    200,
    false,
    'Part of the file was damaged; the rest was transcribed',
    'If the device still has the recording, transfer it and send it again. The bytes that came are kept.',
  ),
  conversation_deleted: entry(
    200,
    false,
    'All its words were deleted with a conversation',
    'What the same recorder recorded at the time of a deleted conversation counts as a copy of it. To get the words back, send the recording again with ?restore=true. The audio is kept.',
  ),
  timeout: entry(504, true, 'The provider did not answer in time', TRY_NOW),
  overdue: entry(
    504,
    true,
    'Transcribing took longer than one attempt may (AFTERWORD_TRY_MS)',
    'Nothing to do: what is transcribed is kept, and the next attempt goes on from there.',
  ),
  rate_limited: entry(503, true, 'The provider refused the call because its rate limit is reached', TRY_NOW),
  upstream: entry(502, true, 'The provider answered with an error, or cannot be reached', TRY_NOW),
  defect: entry(
    500,
    true,
    'A bug in Afterword stopped the work, and would stop it again',
    'Report "reason" and the log line with this id. After an update that fixes the bug: POST /api/v1/recordings/{id}/retry, or POST /api/v1/conversations/{id}/retry for a conversation. The audio is kept.',
  ),
  configuration: entry(
    500,
    true,
    'The provider is not configured correctly',
    'Correct the setting that "reason" names and restart. Then POST /api/v1/recordings/{id}/retry, or POST /api/v1/conversations/{id}/retry for a conversation.',
  ),
  invalid_input: entry(
    400,
    false,
    'The provider refused this audio or text',
    'Listen to the recording: its audio is kept. To ask again, as after changing the provider: POST /api/v1/recordings/{id}/retry, or POST /api/v1/conversations/{id}/retry for a conversation.',
  ),
  blob_missing: entry(
    500,
    true,
    'The stored audio cannot be read',
    'Send the file again: it is stored again, and the recording goes on.',
  ),
  audio_not_ready: entry(
    503,
    true,
    'The audio is being prepared for playing',
    'Ask again after "Retry-After" seconds. It is prepared once: a recording of an earlier version when its sound is first asked for, and the end of a long one soon after its beginning can be heard.',
  ),
  no_sound: entry(
    404,
    false,
    'There is no sound to play',
    'The recording holds none, or nothing of it is left. The bytes that came are in your export.',
  ),
  range_outside: entry(
    416,
    false,
    'The audio has no such bytes',
    'The header Content-Range of this answer tells how many there are.',
  ),
  audio_address: entry(
    401,
    false,
    'The address of this audio is not valid any more',
    'Ask for a new one with POST /api/v1/conversations/{id}/audio/address, or the same for a recording.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error whose code and remedy a client or an operator sees. Anything else that is thrown is a bug or a failure of the machine. */
export class AfterwordError extends Error {
  readonly code: ErrorCode;
  /** The provider asked to wait this long before the next call. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    detail?: string,
    options?: ErrorOptions & { retryAfterMs?: number | undefined },
  ) {
    super(detail ?? ERRORS[code].title, options);
    this.name = 'AfterwordError';
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
