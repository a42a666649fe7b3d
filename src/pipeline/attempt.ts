import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';

/**
 * Locks a recording while it is still this attempt's to work on; null when it is finished, was deleted, or is another
 * attempt's by now.
 */
export async function lockAttempt(tx: Tx, recordingId: string, attempt: number): Promise<Recording | null> {
  const recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', '=', recordingId)
    .where('attempt', '=', attempt)
    .where('finished_at_ms', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return recording ?? null;
}
