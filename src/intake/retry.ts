/** Redrive: a person sends a dead letter, or what waits for its next try, on its way again. */
import { AfterwordError, ERRORS } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import type { Recording } from '../store/schema.ts';
import { inTransaction } from '../store/transaction.ts';
import { queueUp } from './queue-up.ts';
import { guessLengthMs } from './turns.ts';

/** A dead letter may be redriven whatever its reason: the person may have mended it. */
export function canBeRetried(recording: Recording): boolean {
  return (
    recording.outcome === 'failed' || (recording.outcome === 'waiting' && recording.next_try_at_ms !== null)
  );
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
    if (!canBeRetried(recording) || recording.started_at_ms === null) return false;
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
