/**
 * Gives everything that is a person's, one piece after the other: their audio as it came, and all that was made of it as
 * JSON lines. Nothing is held longer than it takes to write it: a page of rows, one conversation, a chunk of audio.
 */

import { AfterwordError } from '../errors.ts';
import { NOTHING_CHOSEN } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import { listDevices } from '../push/devices.ts';
import { listIdentities } from '../sign-in/identities.ts';
import { everyKey } from '../sign-in/keys.ts';
import { listSessions } from '../sign-in/sessions.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Database } from '../store/database.ts';
import { listActionItems } from '../views/action-items.ts';
import { listConversations, readConversation } from '../views/conversations.ts';
import { listRecordings } from '../views/recordings.ts';
import { readUpload } from '../views/uploads.ts';
import { listEndpoints } from '../webhooks/endpoints.ts';
import type { ArchiveEntry } from './archive.ts';
import { after, inFiles, lineOf, textEntry } from './lines.ts';

export interface ExportParts {
  db: Database;
  blobs: BlobStore;
}

/** Rows that are read at once. */
const PAGE = 100;

const README = `Everything that Afterword keeps of one person.

person.json             who it is, and what they have chosen for themselves
sign-in.json            accounts at providers, API keys and sessions, without what is secret of them
recordings/*.jsonl      each recording with its state, the latest first
audio/                  the bytes of each recording as they came, by its id and its name
missing/*.jsonl         recordings whose bytes are not in the store (any more), such as files over the size limit
uploads/*.jsonl         each upload with a receipt for each file
conversations/*.jsonl   each conversation with its words, their times and their speakers
speakers/*.jsonl        the people who speak, with the names that were given
action-items/*.jsonl    what there is to do, done or not
decisions/*.jsonl       what was decided about conversations, in the order of the decisions
webhooks/*.jsonl        where their events are sent, without the secrets
push/*.jsonl            phones and browsers on which they are told, without the addresses
usage/*.jsonl           what was used of which provider, and what it cost

A file .jsonl holds one JSON document on each line. Times are UTC epoch milliseconds.
`;

/** @throws AfterwordError `not_found` for somebody of whom nothing is known */
export async function* entriesOf(
  parts: ExportParts,
  userId: string,
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  const { db } = parts;
  const user = await db
    .selectFrom('users')
    .select(['id', 'time_zone as timeZone', 'created_at_ms as createdAtMs'])
    .where('id', '=', userId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  if (!user) throw new AfterwordError('not_found');
  const chosen = await readChosen(db, userId);
  const settings = chosen === NOTHING_CHOSEN ? null : chosen;
  yield textEntry('README.txt', README);
  yield textEntry(
    'person.json',
    `${JSON.stringify({ ...user, exportedAtMs: Date.now(), settings }, null, 2)}\n`,
  );
  yield textEntry('sign-in.json', `${JSON.stringify(await waysIn(db, userId), null, 2)}\n`);
  yield* recordings(parts, userId, signal);
  yield* inFiles('uploads', uploads(db, userId, signal));
  yield* inFiles('conversations', conversations(db, userId, signal));
  yield* inFiles('speakers', speakers(db, userId, signal));
  yield* inFiles('action-items', actionItems(db, userId, signal));
  yield* inFiles('decisions', decisions(db, userId, signal));
  yield* inFiles('webhooks', webhooks(db, userId));
  yield* inFiles('push', devices(db, userId));
  yield* inFiles('usage', usage(db, userId, signal));
}

/** What lets the person in, as they see it themselves: nobody can sign in with it. */
async function waysIn(db: Database, userId: string) {
  return {
    identities: await listIdentities(db, userId),
    keys: await everyKey(db, userId),
    sessions: await listSessions(db, userId),
  };
}

async function* recordings(
  { db, blobs }: ExportParts,
  userId: string,
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  let place: { acceptedAtMs: number; id: string } | null = null;
  for (let page = 1; ; page++) {
    signal.throwIfAborted();
    const views = await listRecordings(db, userId, { outcome: null, limit: PAGE, after: place });
    const last = views.at(-1);
    if (!last) return;
    place = { acceptedAtMs: last.acceptedAtMs, id: last.id };
    yield textEntry(`recordings/${numbered(page)}.jsonl`, views.map(lineOf).join(''));
    const missing: string[] = [];
    for (const { id } of views) {
      const audio = await audioOf({ db, blobs }, userId, id, signal);
      if (audio === 'missing') missing.push(lineOf({ recordingId: id }));
      else if (audio) yield audio;
    }
    if (missing.length > 0) yield textEntry(`missing/${numbered(page)}.jsonl`, missing.join(''));
  }
}

/** @returns null for a recording that was deleted, or of which only the words are kept */
async function audioOf(
  parts: ExportParts,
  userId: string,
  id: string,
  signal: AbortSignal,
): Promise<ArchiveEntry | 'missing' | null> {
  const row = await parts.db
    .selectFrom('recordings')
    .select(['sha256', 'size_bytes', 'name', 'accepted_at_ms'])
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('outcome', '<>', 'deleted')
    .where('audio_removed_at_ms', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const chunks = openContent(parts, row.sha256, signal)[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array>;
  try {
    first = await chunks.next();
  } catch (error) {
    if (error instanceof AfterwordError && error.code === 'blob_missing') return 'missing';
    throw error;
  }
  return {
    name: `audio/${id}-${plainName(row.name)}`,
    atMs: row.accepted_at_ms,
    sizeBytes: row.size_bytes,
    content: after(first, chunks),
  };
}

/** A name comes from outside: it must not lead out of the folder into which the archive is unpacked. */
function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(-100);
}

async function* uploads(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  for (let last = ''; ; ) {
    signal.throwIfAborted();
    const page = await db
      .selectFrom('uploads')
      .select('id')
      .where('user_id', '=', userId)
      .where('id', '>', last)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const { id } of page) {
      signal.throwIfAborted();
      const upload = await readUpload(db, userId, id);
      if (upload) yield upload;
      last = id;
    }
    if (page.length < PAGE) return;
  }
}

async function* conversations(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  let place: { startedAtMs: number; id: string } | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page = await listConversations(db, userId, { limit: PAGE, after: place });
    for (const { id, startedAtMs } of page) {
      signal.throwIfAborted();
      const conversation = await readConversation(db, userId, id, { words: true });
      if (conversation) yield conversation;
      place = { startedAtMs, id };
    }
    if (page.length < PAGE) return;
  }
}

/** Reads rows in the order of their ids, a page at a time. */
async function* inPages<Id, Row extends { id: Id }>(
  signal: AbortSignal,
  first: Id,
  read: (after: Id) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let last = first; ; ) {
    signal.throwIfAborted();
    const page = await read(last);
    yield* page;
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE) return;
  }
}

function speakers(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const own = db
    .selectFrom('speakers')
    .select(['id', 'name', 'kept as added', 'is_owner as isOwner'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .limit(PAGE);
  return inPages(signal, '', (after) => own.where('id', '>', after).execute());
}

async function* actionItems(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  let place: { createdAtMs: number; id: string } | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page = await listActionItems(db, userId, { limit: PAGE, after: place });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    place = { createdAtMs: last.createdAtMs, id: last.id };
  }
}

function decisions(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const own = db
    .selectFrom('decisions')
    .select([
      'id',
      'kind',
      'recording_id as recordingId',
      'from_ms as fromMs',
      'to_ms as toMs',
      'other_recording_id as otherRecordingId',
      'other_ms as otherMs',
      'subject',
      'value',
      'at_ms as atMs',
      'made_by as madeBy',
    ])
    .where('user_id', '=', userId)
    .orderBy('id')
    .limit(PAGE);
  return inPages(signal, 0, (after) => own.where('id', '>', after).execute());
}

async function* webhooks(db: Database, userId: string): AsyncGenerator<unknown> {
  for (const {
    id,
    url,
    description,
    types,
    format,
    ordered,
    created_at_ms: createdAtMs,
  } of await listEndpoints(db, userId))
    yield { id, url, description, types, format, ordered, createdAtMs };
}

/** Whoever has the address of a device can send there. */
async function* devices(db: Database, userId: string): AsyncGenerator<unknown> {
  yield* await listDevices(db, userId);
}

async function* usage(db: Database, userId: string, signal: AbortSignal): AsyncGenerator<unknown> {
  let last = { result: '', provider: '', model: '' };
  for (;;) {
    signal.throwIfAborted();
    const page = await db
      .selectFrom('usage')
      .select([
        'result',
        'stage',
        'provider',
        'model',
        'at_ms as atMs',
        'answered',
        'calls',
        'failed_calls as failedCalls',
        'audio_ms as audioMs',
        'input_tokens as inputTokens',
        'output_tokens as outputTokens',
        'cost_micros as costMicros',
      ])
      .where('user_id', '=', userId)
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('result', 'provider', 'model'), '>', tuple(last.result, last.provider, last.model)),
      )
      .orderBy('result')
      .orderBy('provider')
      .orderBy('model')
      .limit(PAGE)
      .execute();
    yield* page;
    last = page.at(-1) ?? last;
    if (page.length < PAGE) return;
  }
}

const numbered = (page: number) => String(page).padStart(6, '0');
