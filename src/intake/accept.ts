/**
 * Accepting is one durable write: the bytes are in the blob store already, and one transaction writes the rows and
 * enqueues the work. After its commit nothing can be lost, and only then is the upload acknowledged.
 */

import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Held, Holdings } from '../bounds/holdings.ts';
import { AfterwordError, ERRORS, type ErrorCode } from '../errors.ts';
import { noteRecording, noteUpload } from '../events/note.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { discardObjects, freeSoon } from '../store/blobs/freeing.ts';
import { claimOrphans } from '../store/blobs/orphans.ts';
import { claimObjects, holdContents, standingKeys } from '../store/blobs/references.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { inTransaction } from '../store/transaction.ts';
import type { ToldCapture } from './capture.ts';
import {
  claimColumns,
  claimOf,
  laneOfClaim,
  type NameClaim,
  NO_DEVICE,
  type ReceivedFile,
  type Sender,
} from './claim.ts';
import { queueUp, type Work } from './enqueue.ts';
import { guessLengthMs } from './fair-queue.ts';
import { type NotedCapture, noteCaptures, shiftOfBatch } from './note-capture.ts';
import { UNKNOWN_MICROPHONE } from './recorders.ts';
import { reviveIfItHelps, type Workable } from './redrive.ts';

export interface AcceptParts {
  db: Database;
  blobs: BlobStore;
  /** The time zone of people who have not chosen one; it decides what "tomorrow at three" means. */
  timeZone?: string;
  /** What each person may have stored and waiting; without it, as much as they like. */
  holdings?: Holdings;
}

export interface AcceptOptions {
  /** A deleted recording comes back only if the request asks for it. */
  restore?: boolean;
  /** For the log: the lines of the work name the request that brought it. */
  requestId?: string;
  /** What the sender tells about the recordings. */
  told?: ToldCapture;
  /** What counts among the person's bytes already, as a file that has arrived in several requests. */
  arrivedBytes?: number;
  /** Times in the future are those of a clock that is ahead, and are shifted as one; otherwise they are refused. */
  repairsClock?: boolean;
}

/**
 * Decides which stored bytes of a request stay: acknowledged ones are kept, unneeded ones are freed at once, also if
 * nothing is acknowledged.
 * @returns the id of the upload; the same files again give the same id
 */
export async function acceptUpload(
  parts: AcceptParts,
  sender: Sender,
  files: readonly ReceivedFile[],
  options: AcceptOptions = {},
): Promise<string> {
  const keys = files.flatMap(({ key }) => key ?? []);
  const commit: Commit = { isAsked: false };
  try {
    const { uploadId, needless, added } = await accept(parts, sender, files, options, commit);
    parts.holdings?.added(sender.userId, added);
    await freeSoon(parts, needless);
    return uploadId;
  } catch (error) {
    if (commit.isAsked) await giveUp(parts, keys);
    else await discardObjects(parts.blobs, keys);
    throw error;
  }
}

/** If the connection breaks during the commit, its result is unknown. */
interface Commit {
  isAsked: boolean;
}

async function accept(
  { db, blobs, timeZone = 'UTC', holdings }: AcceptParts,
  sender: Sender,
  files: readonly ReceivedFile[],
  { restore = false, requestId, told, repairsClock = false, arrivedBytes = 0 }: AcceptOptions,
  commit: Commit,
): Promise<{ uploadId: string; needless: string[]; added: Held }> {
  const nowMs = Date.now();
  const keys = files.flatMap(({ key }) => key ?? []);
  const contents = files.map(({ sha256 }) => sha256);
  const standing = await standingKeys(db, blobs, contents);
  return await inTransaction(db, async (tx) => {
    commit.isAsked = false;
    await keepPerson(tx, sender.userId);
    const newcomer = { id: sender.userId, time_zone: timeZone, created_at_ms: nowMs };
    const ownTimeZone = await admitUser(tx, newcomer, restore);
    const uploadId = await findOrCreateUpload(tx, sender, files, nowMs);
    await claimObjects(tx, keys, nowMs);
    const accepted: AcceptedFile[] = [];
    const zone = ownTimeZone ?? timeZone;
    const shiftMs = repairsClock ? await shiftOfBatch(tx, sender, files, nowMs, zone) : 0;
    // All transactions take the row locks in the order of the content, so that two uploads that share files cannot
    // deadlock.
    const ordered = files
      .map((file, position) => ({ file, position }))
      .sort((a, b) => (a.file.sha256 < b.file.sha256 ? -1 : 1));
    for (const { file, position } of ordered) {
      accepted.push(
        await acceptFile(tx, sender, file, { position, nowMs, restore, timeZone: zone, shiftMs }),
      );
    }
    // The bytes of a deleted recording that stays deleted are not kept.
    const deleted = new Set(accepted.flatMap(({ kept, position }) => (kept ? [] : position)));
    const wanted = files.flatMap(({ sha256, key }, position) =>
      key === undefined || deleted.has(position) ? [] : { sha256, key },
    );
    const needless = await holdContents(tx, { claimed: keys, wanted, standing, nowMs });
    await tx
      .insertInto('upload_files')
      .values(
        accepted.map(({ work: _, kept: __, shifted: ___, ...file }) => ({ ...file, upload_id: uploadId })),
      )
      // If the files are sent again, their notices may differ: a recording deleted meanwhile has its new time now.
      .onConflict((conflict) =>
        conflict
          .columns(['upload_id', 'position'])
          .doUpdateSet(({ ref }) => ({ code: ref('excluded.code'), reason: ref('excluded.reason') }))
          // The same files may come in another order.
          .whereRef('upload_files.recording_id', '=', 'excluded.recording_id')
          .whereRef('upload_files.name', '=', 'excluded.name'),
      )
      .execute();
    const noted = accepted
      .filter(({ kept }) => kept)
      .map(({ recording_id, ...file }) => ({ ...file, recordingId: recording_id }));
    await noteCaptures(tx, sender.userId, noted, told, nowMs);
    await queueUp(
      tx,
      sender.userId,
      accepted.flatMap(({ work }) => (work ? { ...work, requestId } : [])),
      nowMs,
    );
    const added = addedBy(accepted, files, restore);
    await holdings?.requireRoom(tx, sender.userId, added, arrivedBytes);
    // What is all here already may be done at once.
    if (accepted.every(({ work }) => work === null)) noteUpload(tx, sender.userId, uploadId);
    commit.isAsked = true;
    return { uploadId, needless, added };
  });
}

/** Frees stored bytes that no row refers to. The rows are read after the transaction has ended. */
async function giveUp(parts: AcceptParts, keys: readonly string[]): Promise<void> {
  const freed = await inTransaction(parts.db, (tx) => claimOrphans(tx, keys)).catch(() => []);
  await freeSoon(parts, freed);
}

/** What was here already adds nothing, since sending it again is free; what is restored may have been gone. */
function addedBy(accepted: readonly AcceptedFile[], files: readonly ReceivedFile[], restore: boolean): Held {
  const held: Held = { storedBytes: 0, queuedMs: 0 };
  for (const { known, kept, work, position } of accepted) {
    const file = files[position];
    if ((!known || restore) && kept && file?.key !== undefined) held.storedBytes += file.sizeBytes;
    if (work) held.queuedMs += work.lengthMs;
  }
  return held;
}

interface AcceptedFile {
  position: number;
  name: string;
  recording_id: string;
  known: boolean;
  code: ErrorCode | null;
  reason: string | null;
  /** false: the bytes are not kept, because the recording was deleted. */
  kept: boolean;
  shifted: NotedCapture['shifted'];
  /** The work to do; null if the recording is known, or cannot be processed. */
  work: Work | null;
}

/** @returns the time zone that the person has chosen; null if they have chosen none */
async function admitUser(
  tx: Tx,
  newcomer: { id: string; time_zone: string; created_at_ms: number },
  restore: boolean,
): Promise<string | null> {
  const { id } = newcomer;
  if (restore) {
    await tx
      .updateTable('users')
      .set({ deleted_at_ms: null })
      .where('id', '=', id)
      .where('deleted_at_ms', 'is not', null)
      .execute();
  }
  // A row that this statement makes is not among what it reads: a newcomer is not deleted and has chosen nothing.
  const user = await tx
    .with('newcomer', (db) =>
      db
        .insertInto('users')
        .values(newcomer)
        .onConflict((conflict) => conflict.doNothing()),
    )
    .selectFrom('users')
    .leftJoin('person_settings', 'person_settings.user_id', 'users.id')
    .select(['users.deleted_at_ms', 'person_settings.time_zone'])
    .where('users.id', '=', id)
    .executeTakeFirst();
  if (user?.deleted_at_ms) throw new AfterwordError('user_deleted');
  return user?.time_zone ?? null;
}

interface AcceptFileOptions {
  position: number;
  nowMs: number;
  restore: boolean;
  /** The time zone in which dates in names are read. */
  timeZone: string;
  /** How far the clock of the batch is ahead. */
  shiftMs: number;
}

async function acceptFile(
  tx: Tx,
  sender: Sender,
  file: ReceivedFile,
  { position, nowMs, restore, timeZone, shiftMs }: AcceptFileOptions,
): Promise<AcceptedFile> {
  const claim = claimOf(file, nowMs, timeZone, shiftMs);
  const from = await joined(tx, sender, claim);
  const id = `rec_${randomUUID()}`;
  const created = await tx
    .insertInto('recordings')
    .values({
      id,
      user_id: sender.userId,
      sha256: file.sha256,
      size_bytes: file.sizeBytes,
      name: file.name,
      device_id: from.deviceId,
      accepted_at_ms: nowMs,
      ...claimColumns(claim, nowMs),
    })
    .onConflict((conflict) => conflict.columns(['user_id', 'sha256']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created) noteRecording(tx, sender.userId, id, 'accepted');
  const recording: Workable = created
    ? { id, attempt: 1, startedAtMs: claim.startedAtMs, staysDeleted: false }
    : await reviveIfItHelps(tx, from, file, claim, { nowMs, restore });
  // A shift depends on when the files came, so it says nothing against the time that a recording has already.
  const isShifted = claim.shiftMs !== undefined && claim.startedAtMs !== null && recording.attempt !== null;
  const keepsItsTime = recording.keepsItsTime && claim.shiftMs === undefined;
  const code =
    claim.verdict ??
    (recording.staysWordsOnly
      ? 'audio_gone'
      : keepsItsTime
        ? 'time_not_taken'
        : isShifted
          ? 'clock_shifted'
          : claim.isDated
            ? 'date_in_name'
            : claim.isByWriting
              ? 'time_of_file'
              : null);
  return {
    position,
    name: file.name,
    recording_id: recording.id,
    known: !created,
    code,
    reason: code && (code === 'date_in_name' ? `${ERRORS[code].title}: ${timeZone}` : ERRORS[code].title),
    kept: !recording.staysDeleted && !recording.staysWordsOnly,
    shifted:
      isShifted && recording.startedAtMs === claim.startedAtMs && claim.startedAtMs !== null
        ? { claimedAtMs: claim.startedAtMs + shiftMs, shiftMs }
        : null,
    work: workOf(recording, file, claim, nowMs),
  };
}

/**
 * What comes from nowhere in particular goes to the timeline that has this microphone's latest recordings: a day of which the
 * phone sent a half and a page the other one does not fall in two.
 */
async function joined(tx: Tx, sender: Sender, { microphone }: NameClaim): Promise<Sender> {
  if (sender.deviceId !== NO_DEVICE || microphone === UNKNOWN_MICROPHONE) return sender;
  const other = await tx
    .selectFrom('recordings')
    .select('device_id')
    .where('user_id', '=', sender.userId)
    .where('microphone', '=', microphone)
    .where('device_id', '<>', NO_DEVICE)
    .where('outcome', '<>', 'deleted')
    .orderBy('accepted_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  return other ? { ...sender, deviceId: other.device_id } : sender;
}

function workOf(
  { id, attempt, startedAtMs }: Omit<Workable, 'staysDeleted'>,
  file: ReceivedFile,
  claim: NameClaim,
  nowMs: number,
): Work | null {
  if (attempt === null || startedAtMs === null) return null;
  const lengthMs = guessLengthMs(file.sizeBytes, claim.codec, file.name);
  return {
    recordingId: id,
    attempt,
    lane: laneOfClaim({ ...claim, startedAtMs }, nowMs),
    startedAtMs,
    lengthMs,
  };
}

async function findOrCreateUpload(
  tx: Tx,
  sender: Sender,
  files: readonly ReceivedFile[],
  nowMs: number,
): Promise<string> {
  const { id } = await tx
    .insertInto('uploads')
    .values({
      id: `upl_${randomUUID()}`,
      user_id: sender.userId,
      content_key: contentKey(files),
      accepted_at_ms: nowMs,
    })
    // Updating the row to its own values returns it, and waits for a twin that is being accepted at this moment.
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'content_key'])
        .doUpdateSet({ accepted_at_ms: sql.ref('uploads.accepted_at_ms') }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Identifies the set of files, whatever the order in which they were sent. */
function contentKey(files: readonly ReceivedFile[]): string {
  const lines = files.map((file) => `${file.sha256} ${file.startedAtMs ?? ''} ${file.name}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
