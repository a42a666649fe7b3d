/**
 * Corrects the times of next attempts that people are shown. Those are times of the wall clock and become wrong when
 * the clock is set; the queue knows how long each attempt really waits.
 */
import { remainingDelays } from '../engine/internals.ts';
import { ingestId, understandAgainId } from '../intake/enqueue.ts';
import { queryable } from '../store/database.ts';
import { commit } from './commit.ts';
import type { PipelineContext } from './context.ts';

/** Rows whose time differs by less than this are left alone. */
const TOLERANCE_MS = 2_000;

export async function correctNextAttempts(context: Pick<PipelineContext, 'db' | 'lease'>): Promise<void> {
  const { db } = context;
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
  const remaining = await remainingDelays(queryable(db), [
    ...recordings.map(({ id, attempt }) => ingestId(id, attempt)),
    ...conversations.map(understandAgainId),
  ]);
  const now = (work: string, toldMs: number | null) => {
    const leftMs = remaining.get(work);
    const nextTryAtMs = leftMs === undefined ? null : Math.round(Date.now() + leftMs);
    return nextTryAtMs === null || Math.abs(nextTryAtMs - (toldMs ?? 0)) < TOLERANCE_MS ? null : nextTryAtMs;
  };
  for (const { id, attempt, next_try_at_ms: toldMs } of recordings) {
    const nextTryAtMs = now(ingestId(id, attempt), toldMs);
    if (nextTryAtMs === null) continue;
    await commit(context, { recordingId: id, attempt }, async (tx) => {
      const change = tx.updateTable('recordings').set({ next_try_at_ms: nextTryAtMs });
      await change.where('id', '=', id).where('next_try_at_ms', 'is not', null).execute();
    });
  }
  for (const { id, revision, attempt, next_try_at_ms: toldMs } of conversations) {
    const nextTryAtMs = now(understandAgainId({ id, revision, attempt }), toldMs);
    if (nextTryAtMs === null) continue;
    await commit(context, { conversationId: id, revision, attempt }, async (tx) => {
      const change = tx.updateTable('conversations').set({ next_try_at_ms: nextTryAtMs });
      await change.where('id', '=', id).where('next_try_at_ms', 'is not', null).execute();
    });
  }
}
