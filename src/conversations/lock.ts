import type { Tx } from '../store/database.ts';

/**
 * One person's timeline is changed by one transaction at a time, whoever works on it.
 * NO KEY UPDATE, because accepting an upload refers to this row and must never wait for the work.
 */
export async function lockTimeline(tx: Tx, userId: string): Promise<void> {
  await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}
