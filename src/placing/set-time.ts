/**
 * Corrects when a recording was made. The clock of its device may have been wrong, or its name had no time. The result
 * is the same as if the recording had come with the right time.
 */

import { readForgotten } from '../conversations/deleted-spans.ts';
import { lockTimeline, ownRecording } from '../conversations/lock.ts';
import { moveWords } from '../conversations/move-words.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import { upgradeTimeline } from '../conversations/timeline-rule.ts';
import { AfterwordError, type ErrorCode } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import { claimColumns, claimOf, judgeStatedStart } from '../intake/claim.ts';
import { enqueueIngest, queueUp } from '../intake/enqueue.ts';
import { guessLengthMs, laneOf } from '../intake/fair-queue.ts';
import { queuedColumns } from '../intake/redrive.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { DELETED_GUARD, type Recording } from '../store/schema.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Forgotten } from '../timeline/forgotten.ts';
import { isPlaced } from './alone.ts';
import { leaveBorders, renewBordersBeside } from './moved-borders.ts';

export interface SetTimeParts {
  db: Database;
  quietMs: number;
}

/** These recordings have no usable bytes, so another time does not help. */
const NOT_FOR_ITS_TIME: ReadonlySet<string> = new Set<ErrorCode>(['part_too_large', 'empty_file']);

/** @throws AfterwordError `not_found`, `deleted`, `time_not_the_reason`, or the error of the given time */
export async function setTime(
  { db, quietMs }: SetTimeParts,
  userId: string,
  id: string,
  startedAtMs: number,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const nowMs = Date.now();
    await keepPerson(tx, userId);
    const recording = await lockOwn(tx, userId, id);
    if (recording.outcome === 'deleted') throw new AfterwordError('deleted');
    const verdict = judgeStatedStart(startedAtMs, nowMs);
    if (verdict) throw new AfterwordError(verdict);
    if (recording.started_at_ms === startedAtMs) return;
    if (recording.started_at_ms === null) await begin(tx, recording, { startedAtMs, nowMs });
    else await move(tx, recording, { startedAtMs, nowMs, quietMs });
    // Notices about the time of its uploads are no longer true.
    await tx
      .updateTable('upload_files')
      .set({ code: null, reason: null })
      .where('recording_id', '=', id)
      .execute();
    noteRecording(tx, userId, id, 'updated');
  });
}

/** Must be called under the timeline's lock. */
async function lockOwn(tx: Tx, userId: string, id: string): Promise<Recording> {
  const owned = await tx
    .selectFrom('recordings')
    .select('user_id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!owned) throw new AfterwordError('not_found');
  await lockTimeline(tx, userId);
  const recording = await ownRecording(tx, userId, id).forNoKeyUpdate().executeTakeFirst();
  if (!recording) throw new AfterwordError('not_found');
  return recording;
}

interface Told {
  startedAtMs: number;
  nowMs: number;
}

/** Queues a recording that was rejected when it was accepted because its time was unknown. */
async function begin(tx: Tx, recording: Recording, { startedAtMs, nowMs }: Told): Promise<void> {
  const { id, name, sha256, size_bytes: sizeBytes } = recording;
  const claim = claimOf({ name, sha256, sizeBytes, startedAtMs }, nowMs, 'UTC');
  if (claim.verdict !== null || NOT_FOR_ITS_TIME.has(recording.code ?? ''))
    throw new AfterwordError('time_not_the_reason');
  const attempt = recording.attempt + 1;
  await tx
    .updateTable('recordings')
    .set({
      ...claimColumns(claim, nowMs),
      ...queuedColumns(),
      attempt,
      tries: 0,
      next_try_at_ms: null,
      accepted_at_ms: nowMs,
      timings: '{}',
    })
    .where('id', '=', id)
    .execute();
  noteRecording(tx, recording.user_id, id);
  const lengthMs = guessLengthMs(sizeBytes, claim.codec, recording.name);
  const lane = laneOf(startedAtMs, nowMs);
  await queueUp(tx, recording.user_id, [{ recordingId: id, attempt, lane, startedAtMs, lengthMs }], nowMs);
}

async function move(
  tx: Tx,
  recording: Recording,
  { startedAtMs, nowMs, quietMs }: Told & { quietMs: number },
): Promise<void> {
  const { id, user_id: userId } = recording;
  await upgradeTimeline(tx, userId);
  const { isToBeHeard, elsewhere, left } = await leaveBorders(tx, recording, startedAtMs);
  const forgottenThen = await readForgotten(tx, recording);
  const moved: Recording = { ...recording, started_at_ms: startedAtMs, lane: laneOf(startedAtMs, nowMs) };
  await tx
    .updateTable('recordings')
    .set({ started_at_ms: startedAtMs, lane: moved.lane })
    .where('id', '=', id)
    .execute();
  await tx
    .updateTable('deleted_spans')
    .set({ started_at_ms: startedAtMs })
    .where('recording_id', '=', id)
    .execute();
  const isHeardAnew = await unforget(tx, moved, forgottenThen);
  const goesOn = recording.finished_at_ms === null || (isPlaced(recording) && (isHeardAnew || isToBeHeard));
  await moveWords(tx, recording, { startedAtMs, quietMs, goesOn });
  // A mark would skip what is at the head.
  if (isToBeHeard) await tx.updateTable('recordings').set({ mark: null }).where('id', '=', id).execute();
  if (goesOn) await goOn(tx, recording, moved, nowMs);
  await renewBordersBeside(tx, left);
  const occasion = { occasion: `${id}-moved-${nowMs}`, except: null };
  await enqueueSettled(tx, recording, elsewhere, quietMs, occasion);
}

/**
 * Updates deletions that reach into this recording. Words that were removed as a copy of what was deleted at the old
 * time have to be transcribed again. Deletions at the new time apply when it is placed.
 * @returns whether the recording has to be transcribed again
 */
async function unforget(tx: Tx, moved: Recording, then: Forgotten): Promise<boolean> {
  const endMs = moved.duration_ms ?? Number.POSITIVE_INFINITY;
  const reaches = ({ others }: Forgotten) => others.some(({ fromMs, toMs }) => toMs > 0 && fromMs < endMs);
  let concerns = reaches(await readForgotten(tx, moved));
  if (reaches(then)) {
    const pieces = await tx
      .selectFrom('pieces')
      .select(['ordinal', 'guards'])
      .where('recording_id', '=', moved.id)
      .execute();
    const without = pieces.filter(({ guards }) => guards.includes(DELETED_GUARD));
    if (without.length > 0) {
      concerns = true;
      await tx
        .deleteFrom('pieces')
        .where('recording_id', '=', moved.id)
        .where(
          'ordinal',
          'in',
          without.map(({ ordinal }) => ordinal),
        )
        .execute();
      // A mark would skip what lies before it.
      await tx.updateTable('recordings').set({ mark: null }).where('id', '=', moved.id).execute();
    }
  }
  return concerns;
}

/**
 * Starts another attempt with the pieces that are stored. The running attempt knows the old time and cannot write any
 * more.
 */
async function goOn(tx: Tx, before: Recording, moved: Recording, nowMs: number): Promise<void> {
  const { id: recordingId, lane, user_id: userId } = moved;
  const attempt = before.attempt + 1;
  noteRecording(tx, userId, recordingId);
  const { next_try_at_ms: nextTryAtMs } = before;
  if (nextTryAtMs !== null) {
    // The recording waits for a provider, which its time does not change.
    await tx
      .updateTable('recordings')
      .set({ attempt, held_by: null })
      .where('id', '=', recordingId)
      .execute();
    const dueAtMs = Math.max(nowMs, nextTryAtMs);
    await enqueueIngest(tx, { recordingId, attempt, lane, dueAtMs }, dueAtMs - nowMs);
    return;
  }
  const { crashes, alone_from_ms } = before;
  await tx
    .updateTable('recordings')
    // The worker that holds it has not crashed, so no crash is counted.
    .set({ ...queuedColumns(), crashes, alone_from_ms, attempt })
    .where('id', '=', recordingId)
    .execute();
  const isPaid = before.finished_at_ms === null && lane === before.lane;
  if (isPaid) {
    const dueAtMs = (before.due_at_ms ?? before.accepted_at_ms) + (before.mark?.heardMs ?? 0);
    await enqueueIngest(tx, { recordingId, attempt, lane, dueAtMs });
    return;
  }
  const lengthMs = before.duration_ms ?? guessLengthMs(before.size_bytes, before.codec, before.name);
  const startedAtMs = moved.started_at_ms ?? 0;
  await queueUp(tx, userId, [{ recordingId, attempt, lane, startedAtMs, lengthMs }], nowMs);
}
