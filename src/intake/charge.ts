/**
 * Charges a person's fairness clock for a recording. At upload only the number of bytes is known, and a megabyte may be
 * five minutes or three hours. So the clock is charged for the audio actually found while it is transcribed, and
 * corrected at the end. The effect is the same as for a line of short recordings: audio beyond the guess is due after
 * everything that its person has sent meanwhile.
 */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import type { Lane } from '../store/tables/columns.ts';
import { guessLengthMs } from './fair-queue.ts';

/** Charged in steps of this much audio, to save a write for every second. */
const BEFOREHAND_MS = 5 * 60_000;

export function paidFor({ charged_ms, size_bytes, codec, name }: Recording): number {
  return charged_ms ?? guessLengthMs(size_bytes, codec, name);
}

/**
 * Must be called in a transaction that has locked the recording.
 * @returns when its first second would have been due, counted back from the clock's present position
 */
export async function chargeMore(tx: Tx, recording: Recording, heardMs: number): Promise<number> {
  const paidMs = paidFor(recording);
  const moreMs = heardMs + BEFOREHAND_MS - paidMs;
  const nowMs = Date.now();
  const dueFromMs = (await passTurn(tx, recording.user_id, recording.lane, moreMs, nowMs)) - paidMs;
  await tx
    .updateTable('recordings')
    .set({ due_at_ms: dueFromMs, charged_ms: paidMs + moreMs })
    .where('id', '=', recording.id)
    .execute();
  return dueFromMs;
}

/** Called when the length is known. @returns what the caller writes into the recording's row with its length */
export async function settleCharge(
  tx: Tx,
  recording: Recording,
  lengthMs: number,
): Promise<{ charged_ms: number }> {
  const owedMs = lengthMs - paidFor(recording);
  if (owedMs !== 0) await passTurn(tx, recording.user_id, recording.lane, owedMs, 0);
  return { charged_ms: lengthMs };
}

/**
 * Moves a person's clock on, in one statement that locks it. A clock that has fallen behind starts at `notBeforeMs`.
 * @returns where it stood, which is when the audio that it was moved for is due
 */
export async function passTurn(
  tx: Tx,
  userId: string,
  lane: Lane,
  lengthMs: number,
  notBeforeMs: number,
): Promise<number> {
  const { served_ms } = await tx
    .insertInto('turns')
    .values({ user_id: userId, lane, served_ms: notBeforeMs + lengthMs })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'lane']).doUpdateSet({
        served_ms: sql<number>`greatest(turns.served_ms, ${notBeforeMs}::bigint) + ${lengthMs}::bigint`,
      }),
    )
    .returning('served_ms')
    .executeTakeFirstOrThrow();
  return served_ms - lengthMs;
}
