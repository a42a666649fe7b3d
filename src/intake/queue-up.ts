import type { Tx } from '../store/database.ts';
import type { Lane } from '../store/schema.ts';
import { lockTurn, moveTurn, noteCharge } from './charge.ts';
import { enqueueIngest } from './enqueue.ts';
import { takeTurns } from './fair-queue.ts';

/** One attempt at a recording, to be queued. */
export interface Work {
  recordingId: string;
  attempt: number;
  lane: Lane;
  startedAtMs: number;
  lengthMs: number;
}

/**
 * Gives each its turn and enqueues it. Called after all recordings are locked, and the lanes always in one order:
 * nobody who holds a turn waits for a recording, so that there is no circle to wait in.
 */
export async function queueUp(tx: Tx, userId: string, work: readonly Work[], nowMs: number): Promise<void> {
  for (const lane of ['backfill', 'fresh'] as const) {
    // Newest first: of a backlog, today is what its person looks for.
    const line = work.filter((item) => item.lane === lane).sort((a, b) => b.startedAtMs - a.startedAtMs);
    if (line.length === 0) continue;
    const servedMs = await lockTurn(tx, userId, lane);
    const turn = takeTurns(
      servedMs,
      nowMs,
      line.map((item) => item.lengthMs),
    );
    await moveTurn(tx, userId, lane, turn.servedMs);
    for (const [index, item] of line.entries()) {
      const dueAtMs = turn.dueAtMs[index] ?? nowMs;
      await noteCharge(tx, item.recordingId, { due_at_ms: dueAtMs, charged_ms: item.lengthMs });
      await enqueueIngest(tx, { ...item, dueAtMs });
    }
  }
}
