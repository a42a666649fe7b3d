/**
 * Charges a person's fairness clock for a recording. At upload only the number of bytes is known, and a megabyte may be
 * five minutes or three hours. So the clock is charged for the audio actually found while it is transcribed, and
 * corrected at the end. The effect is the same as for a line of short recordings: audio beyond the guess is due after
 * everything that its person has sent meanwhile.
 */
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import type { Lane } from '../store/tables/columns.ts';
import { assignDueTimes, guessLengthMs } from './fair-queue.ts';

/** Charged in steps of this much audio, to save a write for every second. */
const BEFOREHAND_MS = 5 * 60_000;

export function paidFor({ charged_ms, size_bytes, codec }: Recording): number {
  return charged_ms ?? guessLengthMs(size_bytes, codec);
}

/**
 * Must be called in a transaction that has locked the recording.
 * @returns when its first second would have been due, counted back from the clock's present position
 */
export async function chargeMore(tx: Tx, recording: Recording, heardMs: number): Promise<number> {
  const paidMs = paidFor(recording);
  const moreMs = heardMs + BEFOREHAND_MS - paidMs;
  const nowMs = Date.now();
  const turn = assignDueTimes(await lockClock(tx, recording.user_id, recording.lane), nowMs, [moreMs]);
  await moveClock(tx, recording.user_id, recording.lane, turn.servedMs);
  const dueFromMs = (turn.dueAtMs[0] ?? nowMs) - paidMs;
  await noteCharge(tx, recording.id, { due_at_ms: dueFromMs, charged_ms: paidMs + moreMs });
  return dueFromMs;
}

/** Called when the length is known. */
export async function settleCharge(tx: Tx, recording: Recording, lengthMs: number): Promise<void> {
  const owedMs = lengthMs - paidFor(recording);
  if (owedMs !== 0) {
    const servedMs = await lockClock(tx, recording.user_id, recording.lane);
    await moveClock(tx, recording.user_id, recording.lane, servedMs + owedMs);
  }
  await noteCharge(tx, recording.id, { charged_ms: lengthMs });
}

/** @returns the clock's position */
export async function lockClock(tx: Tx, userId: string, lane: Lane): Promise<number> {
  const { served_ms } = await tx
    .insertInto('turns')
    .values({ user_id: userId, lane, served_ms: 0 })
    // Updating the row to its own value locks and returns it.
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'lane']).doUpdateSet(({ ref }) => ({ served_ms: ref('turns.served_ms') })),
    )
    .returning('served_ms')
    .executeTakeFirstOrThrow();
  return served_ms;
}

export async function moveClock(tx: Tx, userId: string, lane: Lane, servedMs: number): Promise<void> {
  await tx
    .updateTable('turns')
    .set({ served_ms: servedMs })
    .where('user_id', '=', userId)
    .where('lane', '=', lane)
    .execute();
}

export async function noteCharge(
  tx: Tx,
  recordingId: string,
  charge: { due_at_ms?: number; charged_ms: number },
): Promise<void> {
  await tx.updateTable('recordings').set(charge).where('id', '=', recordingId).execute();
}
