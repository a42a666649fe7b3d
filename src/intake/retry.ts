/** Redrive: a person sends a dead letter, or what waits for its next try, on its way again. */
import { AfterwordError, ERRORS } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import type { Recording } from '../store/schema.ts';
import { inTransaction } from '../store/transaction.ts';
import { guessLengthMs } from './fair-queue.ts';
import { queueUp } from './queue-up.ts';

/** A dead letter may be redriven whatever its reason: the person may have mended it. */
export function canBeRetried(recording: Recording): boolean {
  return (
    recording.outcome === 'failed' || (recording.outcome === 'waiting' && recording.next_try_at_ms !== null)
  );
}

/**
 * Of what was heard, words of an unknown language are asked for again: another transcriber may be configured by now. The
 * rest is stored, and is not asked for again.
 *
 * @returns whether there is anything to hear again
 */
async function forgetUnknownLanguage(tx: Tx, { id, outcome }: Recording): Promise<boolean> {
  if (outcome !== 'completed' && outcome !== 'silent') return false;
  const { numDeletedRows } = await tx
    .deleteFrom('pieces')
    .where('recording_id', '=', id)
    .where('unknown_language', '=', true)
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
    // Whoever sends it on may have mended what it died of.
    held_by: null,
    crashes: 0,
    alone_from_ms: null,
  };
}

/**
 * @returns false when there is nothing to retry: it is on its way, or done
 * @throws AfterwordError `not_found`
 */
export async function retryRecording(db: Database, userId: string, id: string): Promise<boolean> {
  const nowMs = Date.now();
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const recording: Recording | undefined = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!recording || recording.outcome === 'deleted') throw new AfterwordError('not_found');
    if (recording.started_at_ms === null) return false;
    if (!canBeRetried(recording) && !(await forgetUnknownLanguage(tx, recording))) return false;
    const attempt = recording.attempt + 1;
    await tx
      .updateTable('recordings')
      .set({ ...queuedColumns(), attempt, tries: 0, next_try_at_ms: null, timings: '{}' })
      .where('id', '=', id)
      .execute();
    const lengthMs = recording.duration_ms ?? guessLengthMs(recording.size_bytes, recording.codec);
    const { lane, started_at_ms: startedAtMs } = recording;
    await queueUp(tx, userId, [{ recordingId: id, attempt, lane, startedAtMs, lengthMs }], nowMs);
    return true;
  });
}
