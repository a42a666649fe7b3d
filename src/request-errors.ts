/** The refusals of a whole request: the first part of the table of errors (`errors.ts`). */

export interface ErrorEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  /** What the person can do about it. */
  readonly remedy: string;
}

const NOTHING_STORED = 'Nothing of the request was stored.';

export const REQUEST_ERRORS = {
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
  body_broken: entry(400, true, 'The upload broke off', `Send the request again. ${NOTHING_STORED}`),
  body_compressed: entry(
    415,
    false,
    'The body is compressed',
    'Send it without Content-Encoding: compressing audio files gains nothing.',
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
    `End the body with --boundary-- on a line of its own. ${NOTHING_STORED}`,
  ),
  form_bare_line_feeds: entry(
    400,
    false,
    'The lines of the form end with LF instead of CRLF',
    'End the lines of boundaries and headers with CRLF.',
  ),
  form_broken: entry(
    400,
    false,
    'The form cannot be read',
    `Correct what "detail" names, or let an HTTP client write the form. ${NOTHING_STORED}`,
  ),
  part_broken: entry(
    400,
    false,
    'The headers of a part of the form cannot be read',
    `Correct what "detail" names, and send the whole form again. ${NOTHING_STORED}`,
  ),
  part_without_file_name: entry(
    400,
    false,
    'A part of the form has no file name',
    `Give each file a file name. Besides files the form may have fields startedAtMs and writtenAtMs only. ${NOTHING_STORED}`,
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
    'Let your gateway set X-Afterword-User. If only one person uses this server, set AFTERWORD_SINGLE_USER=true.',
  ),
  stream_token: entry(
    401,
    false,
    'The token of this event stream is not valid any more',
    'Ask for a new one with POST /api/v1/events/token, and open the stream again with `lastEventId`.',
  ),
  sender_unclear: entry(
    401,
    false,
    'A header that says who is asking cannot be read',
    'Send X-Afterword-User and X-Device-Id-Hash at most once each, with up to 256 printable characters in UTF-8.',
  ),
  not_signed_in: entry(
    401,
    false,
    'The request does not show who is asking',
    'Send "Authorization: Bearer …" with an API key or a token, or sign in at /auth/sign-in if the server has that.',
  ),
  key_mistyped: entry(
    401,
    false,
    'This is no API key: a character is wrong or missing',
    'Copy the key again, whole: it begins with afw_ and has 54 characters.',
  ),
  key_refused: entry(
    401,
    false,
    'The API key is unknown, or has ended',
    'Use another key, or make one: afterword keys create. Where several servers share a database, they must share AFTERWORD_SECRET.',
  ),
  token_refused: entry(
    401,
    false,
    'The token does not prove who is asking',
    'Sign in again to get another token. Its project must be that of AFTERWORD_FIREBASE_PROJECT, and the clocks must be right.',
  ),
  session_ended: entry(401, false, 'The session has ended', 'Sign in again at /auth/sign-in.'),
  scope_missing: entry(
    403,
    false,
    'The key or the person may not do this',
    'Use a key with the scope that "detail" names. The role admin is given by: afterword users role PERSON admin.',
  ),
  not_admitted: entry(
    403,
    false,
    'This person may not use the server',
    'Ask the operator to add the person to AFTERWORD_SIGN_IN_PEOPLE.',
  ),
  sign_in_failed: entry(
    400,
    false,
    'The sign-in did not succeed',
    'Begin again at /auth/sign-in. It must be finished in the same browser, within ten minutes.',
  ),
  sign_in_unavailable: entry(
    503,
    true,
    'Who is asking cannot be checked right now',
    'Try again later. The operator finds the reason in the log.',
  ),
  identity_taken: entry(
    409,
    false,
    'This identity belongs to a person who has things of their own',
    'Sign in with it and look what is there. The operator can join the two: afterword users adopt.',
  ),
  last_identity: entry(
    409,
    false,
    'This is the only identity that lets the person in',
    'Add another one first.',
  ),
  too_many_webhooks: entry(409, false, 'The person has 10 webhooks', 'Delete one that is not used any more.'),
  webhook_disabled: entry(
    409,
    false,
    'The webhook is disabled',
    'Change it with {"enabled": true} first; it may be tested before.',
  ),
  webhook_address: entry(
    422,
    false,
    'Webhooks are not sent to this address',
    'Use an https address of the public internet. For one of your own network the operator sets AFTERWORD_WEBHOOK_NETWORKS, as 10.0.0.0/8.',
  ),
  too_many_devices: entry(
    409,
    false,
    'The person has 20 devices',
    'Remove one that is not used any more: DELETE /api/v1/push/devices/{id}.',
  ),
  push_not_set_up: entry(
    409,
    false,
    'The server does not send notifications of this kind',
    'The operator sets AFTERWORD_FCM_KEY for phones, or the keys that `afterword push-keys` prints for browsers.',
  ),
  push_address: entry(
    422,
    false,
    'Notifications are not sent to this address',
    'Use the address that the browser gave, which is https and of the public internet. For a push service of your own network the operator sets AFTERWORD_PUSH_NETWORKS, as 10.0.0.0/8.',
  ),
  changed_meanwhile: entry(
    412,
    false,
    'It has changed since you have read it',
    'Read it again, look whether your change still fits, and send it with the new ETag in If-Match.',
  ),
  too_many_decisions: entry(
    409,
    false,
    'The person has changed conversations 50,000 times',
    'What was decided stays. Delete conversations that are not needed any more: what was decided about them goes with them.',
  ),
  cannot_split: entry(
    422,
    false,
    'The conversation cannot be split there',
    'Choose a segment other than its first one, or a time after its first words and before its last ones.',
  ),
  cannot_merge: entry(
    422,
    false,
    'These conversations cannot be merged',
    'Only conversations that were sent by one phone or gateway can be merged: each sender has a timeline of its own. Put the others into one folder, which keeps them together.',
  ),
  unknown_folder: entry(422, false, 'There is no folder with this id', 'GET /api/v1/folders lists them.'),
  unknown_speaker: entry(
    422,
    false,
    'There is no speaker or person with this id',
    'Use the id of a speaker of the conversation, or of a person from GET /api/v1/people.',
  ),
  last_folder: entry(409, false, 'It is the only folder', 'Make another one first.'),
  folder_exists: entry(409, false, 'There is a folder with this id', 'Choose another id, or leave it out.'),
  too_many_folders: entry(409, false, 'The person has 50 folders', 'Delete one that is not used any more.'),
  too_many_people: entry(
    409,
    false,
    'The person has added 1,000 people',
    'Delete those who are not needed any more: DELETE /api/v1/people/{id}.',
  ),
  too_many_action_items: entry(
    409,
    false,
    'The conversation has 1,000 tasks, or the person has as many that belong to no conversation',
    'Delete those that are done: DELETE /api/v1/action-items/{id}.',
  ),
  too_many_keys: entry(409, false, 'The person has 50 keys', 'Revoke one that is not used any more.'),
  wrong_host: entry(
    421,
    false,
    'The host name in the request is not a name of this server',
    'Use localhost or 127.0.0.1, or add the name to AFTERWORD_HOSTS.',
  ),
  foreign_page: entry(
    403,
    false,
    'A web page of another site sent this request',
    'If the page is yours, add its host to AFTERWORD_HOSTS. A program sends an API key, or with a session the address of this server as Origin.',
  ),
  http_broken: entry(400, false, 'The request is not HTTP', 'Send HTTP/1.1.'),
  headers_too_large: entry(
    431,
    false,
    'The headers of the request are too large',
    'Send less than 16 kB of headers, including the URL.',
  ),
  not_in_time: entry(
    503,
    true,
    'The answer was not ready in time',
    'Send the request again after the time in Retry-After: what was begun goes on, and files that are stored are known.',
  ),
  body_stalled: entry(
    408,
    true,
    'No byte of the body came for a minute',
    `Send the request again, whole. ${NOTHING_STORED}`,
  ),
  resumable_taken: entry(
    423,
    true,
    'Another request sends this file',
    'Ask with HEAD how much has arrived, and go on from there: what was stored is kept.',
  ),
  too_many_unfinished: entry(
    429,
    true,
    'Too many files have begun to arrive and are not complete',
    'Complete those, or give them up with DELETE: a person may have 1,000. What nobody goes on with is removed after 7 days.',
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
    '"errors" says what is wrong and where.',
  ),
  no_such_address: entry(404, false, 'There is no such page or route', 'All routes are listed at /docs.'),
  not_found: entry(
    404,
    false,
    'There is nothing with this id',
    'Check the id. Each person sees only what is theirs.',
  ),
  storage_full: entry(
    507,
    true,
    'The storage for audio is full',
    `${NOTHING_STORED} Keep the file and send it again later; the operator has to make room.`,
  ),
  unavailable: entry(
    503,
    true,
    'The database or the storage for audio cannot be reached right now',
    `${NOTHING_STORED} Keep the file and send it again later.`,
  ),
  busy: entry(
    503,
    true,
    'Too many uploads are running at once',
    `${NOTHING_STORED} Keep the file and send it again after the seconds in Retry-After.`,
  ),
  // Bounds of one person (src/bounds/). Each is checked before anything is promised.
  too_many_requests: entry(
    429,
    true,
    'You have sent more requests in a minute than one person may',
    `${NOTHING_STORED} Send it again after the seconds in Retry-After. The operator can raise AFTERWORD_PERSON_REQUESTS_PER_MINUTE.`,
  ),
  too_much_under_way: entry(
    429,
    true,
    'More bytes of yours are being received at once than one person may send',
    `${NOTHING_STORED} Send it again when the other uploads are through. The operator can raise AFTERWORD_PERSON_BYTES_UNDER_WAY.`,
  ),
  too_much_queued: entry(
    429,
    true,
    'More audio of yours waits to be transcribed than one person may have waiting',
    `${NOTHING_STORED} Keep the file and send it again after the seconds in Retry-After. The operator can raise AFTERWORD_PERSON_QUEUED_HOURS.`,
  ),
  space_used_up: entry(
    507,
    true,
    'Your space for audio is used up',
    `${NOTHING_STORED} Keep the file. DELETE /api/v1/recordings/{id} makes room, and so do fewer "retentionDays" of your settings (/api/v1/me). The operator can raise AFTERWORD_PERSON_STORED_BYTES.`,
  ),
  language_calls_used_up: entry(
    429,
    true,
    'The language model has been asked for you as often today as it may be for one person',
    'Nothing to do: title and summary are made at "nextTryAtMs", and an extract is shown until then. The operator can raise AFTERWORD_PERSON_LANGUAGE_CALLS_PER_DAY.',
  ),
  too_many_streams: entry(
    503,
    true,
    'Too many event streams are open',
    'Close streams that are not needed, or open this one again later; what happens meanwhile is replayed.',
  ),
  not_deleted: entry(
    503,
    true,
    'The deletion could not be carried out right now',
    'Delete it again later; deleting twice does no harm.',
  ),
  not_changed: entry(
    503,
    true,
    'The change could not be made right now',
    'Ask for it again later; asking twice does no harm.',
  ),
  internal: entry(
    500,
    true,
    'Something went wrong on our side',
    'Try again. If it happens again, report the request id.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export function entry(status: number, retryable: boolean, title: string, remedy: string): ErrorEntry {
  return { status, retryable, title, remedy };
}
