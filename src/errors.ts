/**
 * The one table of everything that can be refused or fail: a stable code, the HTTP status where it answers a
 * request, whether trying again can help, and what the person can do.
 * A verdict on one file of many has no status of its own: its siblings must not pay for it, for the recording is the unit (ARCHITECTURE.md).
 */
interface ErrorEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  /** What the person can do about it. */
  readonly remedy: string;
}

/** One remedy for all that is wrong about a time. */
const SET_ITS_TIME =
  'PATCH /api/v1/recordings/{id} with its real time, as {"startedAtMs": 1774000000000}, moves it there.';

export const ERRORS = {
  // Refusals of a whole request.
  no_files: entry(
    400,
    false,
    'The request carries no file',
    'Send at least one file in the field "files", or a raw body with ?name=.',
  ),
  body_not_multipart: entry(
    415,
    false,
    'The body is not multipart/form-data',
    'Send multipart/form-data with the field "files".',
  ),
  body_broken: entry(
    400,
    true,
    'The upload broke off',
    'Send the request again: nothing of it was acknowledged.',
  ),
  body_compressed: entry(
    415,
    false,
    'The body is compressed',
    'Send it as it is, without Content-Encoding: audio is compressed already.',
  ),
  boundary_missing: entry(
    400,
    false,
    'The Content-Type names no boundary for the parts of the form',
    'Let the HTTP client set the Content-Type of a form, or add boundary=… to it.',
  ),
  form_without_boundary: entry(
    400,
    false,
    'The form does not begin with the boundary that the Content-Type names',
    'Send the form with the Content-Type that was made for it.',
  ),
  form_not_closed: entry(
    400,
    false,
    'The form has no closing boundary',
    'End the body with --boundary-- on a line of its own. Nothing of it was acknowledged.',
  ),
  form_bare_line_feeds: entry(
    400,
    false,
    'The lines of the form end with LF alone',
    'End the lines of boundaries and headers with CRLF.',
  ),
  form_broken: entry(
    400,
    false,
    'The form cannot be read',
    'Mend what "detail" says, or let an HTTP client write the form. Nothing of it was acknowledged.',
  ),
  part_broken: entry(
    400,
    false,
    'The headers of a part of the form cannot be read',
    'Mend what "detail" says of that part, and send the whole form again: nothing of it was acknowledged.',
  ),
  part_without_file_name: entry(
    400,
    false,
    'A part of the form is no file: it has no file name',
    'Give each file a file name, and send nothing else in the form but fields startedAtMs. Nothing of it was acknowledged.',
  ),
  part_too_large: entry(
    413,
    false,
    'A file is larger than the limit',
    'Split the recording, or raise AFTERWORD_MAX_FILE_BYTES.',
  ),
  too_many_files: entry(413, false, 'Too many files in one request', 'Send the files in several requests.'),
  user_missing: entry(
    401,
    false,
    'The request does not say who is asking',
    'Have your gateway set X-Afterword-User. If one person has this server for themselves, set AFTERWORD_SINGLE_USER=true.',
  ),
  sender_unclear: entry(
    401,
    false,
    'A header that says who is asking cannot be read',
    'Send X-Afterword-User and X-Device-Id-Hash at most once each, with up to 256 printable characters in UTF-8.',
  ),
  wrong_host: entry(
    421,
    false,
    'The request was sent to a name that is not one of this server',
    'Call it by a loopback name, or add the name to AFTERWORD_HOSTS.',
  ),
  foreign_page: entry(
    403,
    false,
    'A web page of another address sent this request',
    'If the page is yours, add its host to AFTERWORD_HOSTS.',
  ),
  http_broken: entry(400, false, 'The request is not HTTP', 'Send HTTP/1.1.'),
  headers_too_large: entry(
    431,
    false,
    'The headers of the request are too large',
    'Send less than 16 kB of headers, the address included.',
  ),
  request_timeout: entry(
    408,
    true,
    'The headers of the request did not come in time',
    'Send the request again.',
  ),
  invalid_request: entry(
    400,
    false,
    'The request does not fit its schema',
    'See "errors" for what is wrong and where.',
  ),
  no_such_address: entry(404, false, 'There is no such address', 'What there is stands at /docs.'),
  not_found: entry(
    404,
    false,
    'There is nothing with this id',
    'Check the id. Ids are visible to their owner only.',
  ),
  storage_full: entry(
    507,
    true,
    'There is no room to store the upload safely',
    'Nothing was acknowledged: keep the file and try later.',
  ),
  unavailable: entry(
    503,
    true,
    'The service cannot store the upload safely right now',
    'Nothing was acknowledged: keep the file and try later.',
  ),
  busy: entry(
    503,
    true,
    'There are more uploads at once than can be taken in',
    'Nothing was acknowledged: keep the file and send it again after the seconds in Retry-After.',
  ),
  not_deleted: entry(
    503,
    true,
    'The deletion could not be carried out right now',
    'Ask for it again later; asking twice does no harm.',
  ),
  internal: entry(
    500,
    true,
    'Something went wrong on our side',
    'Try again; if it stays, report the request id.',
  ),

  // Verdicts on one file by its name.
  name_without_time: entry(
    400,
    false,
    'The name does not tell when the recording was made',
    `${SET_ITS_TIME} The audio is kept. A name that ends in …_<unix seconds>.bin tells it as well.`,
  ),
  name_not_a_recording: entry(
    400,
    false,
    'The name is not that of a recording',
    'Send .bin, .wav, .wave, .ogg, .oga or .opus files.',
  ),
  name_with_path: entry(400, false, 'The name contains a path', 'Send the base name only.'),
  clock_in_future: entry(
    400,
    false,
    'The device clock was ahead: the recording claims to be from the future',
    `${SET_ITS_TIME} The audio is kept.`,
  ),
  clock_too_old: entry(
    400,
    false,
    'The recording claims to be from before 2024: a device clock that was not set, or a name that is read otherwise',
    `${SET_ITS_TIME} The audio is kept.`,
  ),

  // Verdicts on one file by its content.
  deleted: entry(
    410,
    false,
    'You deleted this recording',
    'To have it back, send it again with ?restore=true.',
  ),
  poison: entry(
    500,
    true,
    'The process that worked on this recording died, again and again',
    'Look into the log, then send it on with POST …/retry. The audio is kept.',
  ),
  time_not_taken: entry(
    200,
    false,
    'These bytes were here already with another time, and the new time was not taken',
    `If the new time is the right one: ${SET_ITS_TIME}`,
  ),
  time_not_the_reason: entry(
    409,
    false,
    'The recording was not rejected for its time',
    'Do what its "remedy" says: another time would change nothing.',
  ),
  date_in_name: entry(
    200,
    false,
    'The time was read from the date in the name, in the time zone',
    `If the recorder kept another time: ${SET_ITS_TIME}`,
  ),
  user_deleted: entry(403, false, 'This person was deleted', 'To start anew, upload with ?restore=true.'),
  empty_file: entry(
    400,
    false,
    'The file is empty',
    'Nothing was recorded, or the transfer from the device failed: read it from the device again.',
  ),
  erased_storage: entry(
    400,
    false,
    'The file holds erased storage, not audio',
    'The device wrote no audio here: nothing can be won back from this file.',
  ),
  no_frames: entry(
    400,
    false,
    'Not one frame of the file could be decoded',
    'Read it from the device again. The bytes are kept.',
  ),
  not_audio: entry(400, false, 'The content is not audio', 'Check what was sent. The bytes are kept.'),
  unsupported_format: entry(
    400,
    false,
    'The audio format is not supported',
    'Send Omi .bin (Opus, PCM16, PCM8), WAV or Ogg Opus. The bytes are kept.',
  ),

  // What a recording waits for, and how it can fail; a conversation fails with what its provider did.
  queued: entry(
    202,
    true,
    'The recording waits for a free worker',
    'Nothing to do. If it stays, see GET /health: it tells how many workers are running.',
  ),
  working: entry(202, true, 'The recording is being worked on', 'Nothing to do.'),
  unintelligible: entry(
    200,
    false,
    'There was speech, but not one word of it could be made out',
    'Listen to it: the audio is kept.',
  ),
  partly_unintelligible: entry(
    200,
    false,
    'Of some of the speech no word could be made out',
    'Listen to the places in "speechWithoutWords": the audio is kept.',
  ),
  unknown_language: entry(
    200,
    false,
    'Some of the speech is in a language that the transcriber does not know',
    'Listen to the places in "speechWithoutWords": the audio is kept. Or name a transcriber that knows the language in AFTERWORD_TRANSCRIBER, as local,openai, and send POST …/retry: it is heard again.',
  ),
  damaged: entry(
    200,
    false,
    'Some of the file was damaged; what is left of it was heard',
    'If the device still has the recording, read it from there again and send it: the bytes that came are kept.',
  ),
  conversation_deleted: entry(
    200,
    false,
    'All that it says was deleted with a conversation',
    'To have it back, send it again with ?restore=true. The audio is kept.',
  ),
  timeout: entry(
    504,
    true,
    'The provider did not answer in time',
    'POST …/retry tries it again at once: what is done already is not done twice.',
  ),
  overdue: entry(
    504,
    true,
    'The recording was not heard within the time that one try may take',
    'Nothing to do: what was heard is kept, and the next try goes on from there.',
  ),
  rate_limited: entry(
    503,
    true,
    'The provider is over its limit',
    'POST …/retry tries it again at once: what is done already is not done twice.',
  ),
  upstream: entry(
    502,
    true,
    'The provider failed',
    'POST …/retry tries it again at once: what is done already is not done twice.',
  ),
  defect: entry(
    500,
    true,
    'A mistake in the program stopped the work, and would stop it again',
    'Report what "reason" says, with the line of the log that names the id. Once the program is mended, POST …/retry sends it on. The audio is kept.',
  ),
  configuration: entry(
    500,
    true,
    'The provider is not configured correctly',
    'Mend the configuration, then send it on with POST …/retry.',
  ),
  invalid_input: entry(
    400,
    false,
    'The provider refused what it was given',
    'Listen to it: the audio is kept.',
  ),
  blob_missing: entry(
    500,
    true,
    'The stored audio cannot be read',
    'Send the file again: it is stored anew.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

function entry(status: number, retryable: boolean, title: string, remedy: string): ErrorEntry {
  return { status, retryable, title, remedy };
}

/** An error that somebody outside is to understand. Everything else thrown is a bug or the machine's fault. */
export class AfterwordError extends Error {
  readonly code: ErrorCode;
  /** Whoever caused it asks to be left alone for so long. */
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

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', '53100' /* PostgreSQL: disk_full */]);
/**
 * PostgreSQL's classes 08 (connection), 53 (resources), 57 (an operator's doing) and 58 (its machine); what it undid in
 * favour of others, again and again (40, 55P03); that it can only be read (25006), or ended what idled (25P03, 25P04);
 * and Node's own words for connections.
 */
const NOT_NOW =
  /^(08...|40...|53...|57...|58...|55P03|25006|25P0[34]|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EMFILE|ENFILE|EIO|EROFS|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;

/**
 * What the operating system refused: a disk that is read-only or broken, a folder that is gone or closed to us, no more
 * file handles. Whichever it is, the request was right, and somebody is going to mend the machine.
 */
function isSystemError(error: Error): boolean {
  const { errno, syscall } = error as NodeJS.ErrnoException;
  return typeof errno === 'number' && typeof syscall === 'string';
}

/** Turns whatever was thrown into an {@link AfterwordError}, once, at the edge. */
export function normalise(thrown: unknown): AfterwordError {
  if (thrown instanceof AfterwordError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code: given, retryAfterMs: wait } = error as { code?: unknown; retryAfterMs?: unknown };
  const code = String(given ?? '');
  const retryAfterMs = typeof wait === 'number' ? wait : undefined;
  if (isErrorCode(code)) return new AfterwordError(code, error.message, { cause: error, retryAfterMs });
  if (NO_ROOM.has(code)) return new AfterwordError('storage_full', undefined, { cause: error });
  if (
    NOT_NOW.test(code) ||
    isSystemError(error) ||
    // Words of the database's driver, which gives them no code. The last is what a failed transaction says when its
    // connection broke: undoing it fails as well, and that error takes the place of the first.
    /timeout exceeded when trying to connect|Connection terminated|is not queryable/.test(error.message)
  ) {
    return new AfterwordError('unavailable', undefined, { cause: error, retryAfterMs });
  }
  return new AfterwordError('internal', undefined, { cause: error });
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
