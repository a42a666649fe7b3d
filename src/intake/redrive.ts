/**
 * Retries failed recordings and conversations, or those that wait for their next attempt, when a person asks: a
 * recording by a request or by sending its file again, a conversation by a request.
 */

import { type ExpressionBuilder, sql } from 'kysely';
import { AfterwordError, ERRORS } from '../errors.ts';
import { noteConversation, noteRecording } from '../events/note.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { DELETED_GUARD, type Recording, type Schema } from '../store/schema.ts';
import { inTransaction } from '../store/transaction.ts';
import { UNSTEADY_FROM } from '../timeline/unknown-language.ts';
import { claimColumns, type NameClaim, type ReceivedFile, type Sender } from './claim.ts';
import { enqueueUnderstandAgain, queueUp, type Work } from './enqueue.ts';
import { guessLengthMs } from './fair-queue.ts';

/** A failed recording may be retried whatever its reason, since the person may have removed the cause. */
function canBeRetried(recording: Recording): boolean {
  return (
    recording.outcome === 'failed' || (recording.outcome === 'waiting' && recording.next_try_at_ms !== null)
  );
}

/** What could not be decoded may be once the server was updated, or ffmpeg installed. Sending it again does not ask that. */
function mayBeDecodedNow({ outcome, code }: Recording): boolean {
  return outcome === 'rejected' && code === 'unsupported_format';
}

/**
 * Selects pieces that may be in another language. A transcriber that knows more languages than the local model would
 * either have been asked about such a piece, or made it.
 */
function isDoubted({ eb, or }: ExpressionBuilder<Schema, 'pieces'>) {
  return or([eb('unknown_language', '=', true), eb('unsteadiness', '>=', UNSTEADY_FROM)]);
}

/**
 * Deletes the stored pieces in an unknown language and those of which the local model was unsure, because another
 * transcriber may be configured by now. Other pieces are kept and not transcribed again.
 * @returns whether there is anything to transcribe again
 */
async function forgetDoubted(tx: Tx, recording: Recording): Promise<boolean> {
  const { id, outcome } = recording;
  if ((outcome !== 'completed' && outcome !== 'silent') || isWordsOnly(recording)) return false;
  const { numDeletedRows } = await tx
    .deleteFrom('pieces')
    .where('recording_id', '=', id)
    .where(isDoubted)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await tx.updateTable('recordings').set({ mark: null, heard_ms: 0 }).where('id', '=', id).execute();
  return true;
}

export function queuedColumns() {
  return {
    outcome: 'waiting' as const,
    code: 'queued',
    reason: ERRORS.queued.title,
    retryable: true,
    finished_at_ms: null,
    // The cause of the crashes may have been removed.
    held_by: null,
    crashes: 0,
    alone_from_ms: null,
  };
}

/**
 * @returns false if there is nothing to retry, because it is being processed or done
 * @throws AfterwordError `not_found`
 */
export async function retryRecording(
  db: Database,
  userId: string,
  id: string,
  requestId?: string,
): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const [recording] = await lockRecordings(tx, userId, [id]);
    if (!recording || recording.outcome === 'deleted') throw new AfterwordError('not_found');
    const work = await beginAgain(tx, recording);
    if (work) await queueUp(tx, userId, [{ ...work, requestId }], Date.now());
    return work !== null;
  });
}

/** Number of recordings in one transaction, which holds their rows for a fraction of a second. */
const RETRIED_TOGETHER = 200;
/** Number of recordings in one request, which then takes some seconds. For more, the request is repeated. */
const RETRIED_AT_MOST = 1_000;

export interface Retried {
  retried: number;
  /** Whether others remain, so that the request has to be sent again. */
  more: boolean;
}

/** Retries all of a person's recordings with speech that the local model did not understand, the latest first. */
export async function retryUnknownLanguage(
  db: Database,
  userId: string,
  atMost = RETRIED_AT_MOST,
): Promise<Retried> {
  let retried = 0;
  while (retried < atMost) {
    const wanted = Math.min(RETRIED_TOGETHER, atMost - retried);
    const queued = await inTransaction(db, async (tx) => {
      await keepPerson(tx, userId);
      const ids = await withDoubted(tx, userId, wanted);
      const work: Work[] = [];
      for (const recording of await lockRecordings(tx, userId, ids)) {
        const again = await beginAgain(tx, recording);
        if (again) work.push(again);
      }
      await queueUp(tx, userId, work, Date.now());
      return work.length;
    });
    if (queued === 0) break;
    retried += queued;
  }
  return { retried, more: (await withDoubted(db, userId, 1)).length > 0 };
}

async function withDoubted(db: Database | Tx, userId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('recordings')
    .select('id')
    .where('user_id', '=', userId)
    .where('outcome', 'in', ['completed', 'silent'])
    .where('audio_removed_at_ms', 'is', null)
    .where('started_at_ms', 'is not', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('pieces')
          .select('ordinal')
          .whereRef('recording_id', '=', 'recordings.id')
          .where(isDoubted),
      ),
    )
    .orderBy('started_at_ms', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Locks them in the order of the content, as all transactions do, so that no two wait for each other. */
async function lockRecordings(tx: Tx, userId: string, ids: readonly string[]): Promise<Recording[]> {
  if (ids.length === 0) return [];
  return await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', 'in', ids)
    .where('user_id', '=', userId)
    .orderBy('sha256')
    .forNoKeyUpdate()
    .execute();
}

/**
 * Begins the next attempt of a recording that waits for it. The attempts that have failed count on. Needs the person's lock.
 * @returns whether it was still waiting
 */
export async function goOnNow(tx: Tx, userId: string, id: string): Promise<boolean> {
  const [recording] = await lockRecordings(tx, userId, [id]);
  if (recording?.outcome !== 'waiting' || recording.next_try_at_ms === null) return false;
  const work = await beginAgain(tx, recording, recording.tries);
  if (work) await queueUp(tx, userId, [work], Date.now());
  return work !== null;
}

/** @returns another attempt, to be queued; null if everything is done or being processed */
async function beginAgain(tx: Tx, recording: Recording, tries = 0): Promise<Work | null> {
  const { id, lane, started_at_ms: startedAtMs } = recording;
  if (startedAtMs === null) return null;
  const isWorthIt = canBeRetried(recording) || mayBeDecodedNow(recording);
  if (!isWorthIt && !(await forgetDoubted(tx, recording))) return null;
  const attempt = recording.attempt + 1;
  await tx
    .updateTable('recordings')
    .set({ ...queuedColumns(), attempt, tries, next_try_at_ms: null, timings: '{}' })
    .where('id', '=', id)
    .execute();
  noteRecording(tx, recording.user_id, id);
  const lengthMs =
    recording.duration_ms ?? guessLengthMs(recording.size_bytes, recording.codec, recording.name);
  return { recordingId: id, attempt, lane, startedAtMs, lengthMs };
}

/**
 * Retries a conversation that waits for its next attempt, or has failed. Its failure stays readable until the attempt
 * ends. It becomes a new attempt, so work already queued for it does nothing.
 * @returns false if there is nothing to retry, because it is being processed or understood
 * @throws AfterwordError `not_found`
 */
export async function retryConversation(db: Database, userId: string, id: string): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const asked = await tx
      .selectFrom('conversations')
      .select(({ fn }) => fn.coalesce('merged_into', 'id').as('id'))
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (!asked) throw new AfterwordError('not_found');
    const conversation = await tx
      .selectFrom('conversations')
      .select(['id', 'revision', 'understood_revision', 'attempt', 'failure', 'next_try_at_ms'])
      .where('id', '=', asked.id)
      .where('merged_into', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!conversation) throw new AfterwordError('not_found');
    const nowMs = Date.now();
    const { revision, understood_revision, failure, next_try_at_ms } = conversation;
    const isUnderWay = failure === null || (next_try_at_ms !== null && next_try_at_ms <= nowMs);
    if (isUnderWay || understood_revision >= revision) return false;
    const attempt = conversation.attempt + 1;
    await tx
      .updateTable('conversations')
      .set({
        attempt,
        tries: 0,
        next_try_at_ms: nowMs,
        updated_at_ms: nowMs,
        held_by: null,
        crashes: 0,
        alone_from_ms: null,
      })
      .where('id', '=', conversation.id)
      .execute();
    await enqueueUnderstandAgain(tx, { id: conversation.id, revision, attempt }, 0);
    noteConversation(tx, userId, conversation.id);
    return true;
  });
}

export interface Workable {
  id: string;
  /** null: nothing needs to be done. */
  attempt: number | null;
  startedAtMs: number | null;
  /** It was deleted, and nobody has asked to restore it. */
  staysDeleted: boolean;
  /** The recording exists with another time, which it keeps. */
  keepsItsTime?: boolean;
  /** Only its words are kept, and nobody has asked for its audio again. */
  staysWordsOnly?: boolean;
}

/**
 * Sending a file again retries it if something failed, if it waits for its next attempt, or if it had no time and the
 * request gives one. A deleted recording stays deleted unless the request restores it.
 */
export async function reviveIfItHelps(
  tx: Tx,
  sender: Sender,
  file: ReceivedFile,
  claim: NameClaim,
  { nowMs, restore }: { nowMs: number; restore: boolean },
): Promise<Workable> {
  const known: Recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('user_id', '=', sender.userId)
    .where('sha256', '=', file.sha256)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const isGone = isDeleted(known);
  const wanted = restore && (isGone || (await lacksDeleted(tx, known)));
  const staysDeleted = known.outcome === 'deleted' && !wanted;
  // Without stored bytes there is nothing to process.
  if (file.refused) return { id: known.id, attempt: null, startedAtMs: null, staysDeleted };
  const failed = canBeRetried(known);
  const timeIsToldAtLast =
    known.outcome === 'rejected' && known.started_at_ms === null && claim.startedAtMs !== null;
  // An existing recording is transcribed again with its name and time; a deleted one takes those of the new upload.
  const isHere = failed || (wanted && !isGone);
  const staysWordsOnly = isWordsOnly(known) && !restore;
  if (isWordsOnly(known) && restore && !wanted) await keepAudioAgain(tx, known, nowMs);
  const keepsItsTime = (!wanted || isHere) && differs(known.started_at_ms, claim.startedAtMs);
  if (!failed && !wanted && !timeIsToldAtLast)
    return { id: known.id, attempt: null, startedAtMs: null, staysDeleted, keepsItsTime, staysWordsOnly };
  const attempt = known.attempt + 1;
  const anew = isHere
    ? queuedColumns()
    : { ...claimColumns(claim, nowMs), name: file.name, device_id: sender.deviceId };
  await tx
    .updateTable('recordings')
    .set({
      ...anew,
      attempt,
      tries: 0,
      next_try_at_ms: null,
      accepted_at_ms: nowMs,
      heard_ms: 0,
      mark: failed && !wanted ? sql.ref('mark') : null,
      held_by: null,
      crashes: 0,
      alone_from_ms: null,
      timings: '{}',
      // A tombstone has lost this.
      size_bytes: file.sizeBytes,
      ...(wanted ? { restored_at_ms: nowMs, audio_removed_at_ms: null } : {}),
    })
    .where('id', '=', known.id)
    .execute();
  noteRecording(tx, sender.userId, known.id);
  if (wanted) {
    // The words of these pieces were removed from them.
    for (const table of ['pieces', 'deleted_spans'] as const)
      await tx.deleteFrom(table).where('recording_id', '=', known.id).execute();
  }
  return {
    id: known.id,
    attempt,
    startedAtMs: isHere ? known.started_at_ms : claim.startedAtMs,
    staysDeleted,
    keepsItsTime,
  };
}

function isWordsOnly({ outcome, audio_removed_at_ms }: Recording): boolean {
  return outcome !== 'deleted' && audio_removed_at_ms !== null;
}

/** Its time begins anew: it would go again in the next round otherwise. */
async function keepAudioAgain(tx: Tx, { id, user_id }: Recording, nowMs: number): Promise<void> {
  await tx
    .updateTable('recordings')
    .set({ audio_removed_at_ms: null, restored_at_ms: nowMs })
    .where('id', '=', id)
    .execute();
  noteRecording(tx, user_id, id);
}

/** Names have whole seconds, so a difference below one second counts as none. */
function differs(knownMs: number | null, claimedMs: number | null): boolean {
  return knownMs !== null && claimedMs !== null && Math.abs(knownMs - claimedMs) >= 1000;
}

/**
 * Says whether some words of the recording were deleted with a conversation: its own, or one of the same time in
 * another recording.
 */
async function lacksDeleted(tx: Tx, { id, restored_at_ms: restoredAtMs }: Recording): Promise<boolean> {
  const span = await tx
    .selectFrom('deleted_spans')
    .select('recording_id')
    .where('recording_id', '=', id)
    .where('deleted_at_ms', '>', restoredAtMs ?? 0)
    .limit(1)
    .executeTakeFirst();
  const piece = await tx
    .selectFrom('pieces')
    .select('recording_id')
    .where('recording_id', '=', id)
    .where(sql<boolean>`guards ? ${DELETED_GUARD}`)
    .limit(1)
    .executeTakeFirst();
  return span !== undefined || piece !== undefined;
}

/**
 * Says whether the recording itself was deleted, or all its words were deleted with a conversation of which it is a
 * copy.
 */
function isDeleted({ outcome, code }: Recording): boolean {
  return outcome === 'deleted' || (outcome === 'silent' && code === 'conversation_deleted');
}
