import type { Tx } from '../store/database.ts';

/**
 * Locks one person's timeline, so that one transaction at a time changes it.
 * The lock is NO KEY UPDATE, because accepting an upload refers to this row and must never wait for the work.
 */
export async function lockTimeline(tx: Tx, userId: string): Promise<void> {
  await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Selects a recording if it is this person's. Nobody else's recording is ever found, so that no id tells anything. */
export function ownRecording(tx: Tx, userId: string, id: string) {
  return tx.selectFrom('recordings').selectAll().where('id', '=', id).where('user_id', '=', userId);
}
