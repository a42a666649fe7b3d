/**
 * When the next try is, as people are told it: a time of the wall clock, which is wrong once the clock was set. The queue
 * knows how long each try still waits.
 */
import { remainingDelays } from '../engine/internals.ts';
import { ingestId, understandAgainId } from '../intake/enqueue.ts';
import { queryable } from '../store/database.ts';
import type { Stages } from './stages.ts';

/** Rows that say the same within this are left alone. */
const TOLERANCE_MS = 2_000;

export async function tellNextTries({ db, lease }: Pick<Stages, 'db' | 'lease'>): Promise<void> {
  const recordings = await db
    .selectFrom('recordings')
    .select(['id', 'attempt', 'next_try_at_ms'])
    .where('next_try_at_ms', 'is not', null)
    .execute();
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt', 'next_try_at_ms'])
    .where('next_try_at_ms', 'is not', null)
    .execute();
  const waiting = [
    ...recordings.map((row) => ({ table: 'recordings' as const, row, work: ingestId(row.id, row.attempt) })),
    ...conversations.map((row) => ({ table: 'conversations' as const, row, work: understandAgainId(row) })),
  ];
  const remaining = await remainingDelays(
    queryable(db),
    waiting.map(({ work }) => work),
  );
  for (const { table, row, work } of waiting) {
    const leftMs = remaining.get(work);
    if (leftMs === undefined) continue;
    const nextTryAtMs = Math.round(Date.now() + leftMs);
    if (Math.abs(nextTryAtMs - (row.next_try_at_ms ?? 0)) < TOLERANCE_MS) continue;
    await db.transaction().execute(async (tx) => {
      await lease.assertHeld(queryable(tx));
      // Only while it still waits for that very try.
      await tx
        .updateTable(table)
        .set({ next_try_at_ms: nextTryAtMs })
        .where('id', '=', row.id)
        .where('attempt', '=', row.attempt)
        .where('next_try_at_ms', 'is not', null)
        .execute();
    });
  }
}
