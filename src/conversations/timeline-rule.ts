/** Places timelines again that were placed by an older rule, once for each person. */
import type { Reader, Tx } from '../store/database.ts';
import { rebuildTimeline } from './rebuild.ts';
import { renewAllRepetitions } from './repetitions.ts';

/**
 * 1: repetitions are found by their words, and no longer by their time. Raise this number when the same segments give
 * other conversations, and the column's default with it, which newcomers get.
 */
const RULE = 1;

/** Must be called under the timeline's lock. Only conversations whose words change get a new revision. */
export async function upgradeTimeline(tx: Tx, userId: string): Promise<void> {
  const old = await tx
    .updateTable('users')
    .set({ timeline_rule: RULE })
    .where('id', '=', userId)
    .where('timeline_rule', '<', RULE)
    .returning('id')
    .executeTakeFirst();
  if (!old) return;
  for (const { deviceId, ...span } of await renewAllRepetitions(tx, userId))
    await rebuildTimeline(tx, { userId, deviceId }, span);
}

/** @param most the number of people per call: each one is a transaction that holds that person's lock */
export async function peopleWithOlderRule(db: Reader, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('timeline_rule', '<', RULE)
    .where('deleted_at_ms', 'is', null)
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}
