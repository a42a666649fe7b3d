import { AfterwordError } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { livingConversationId } from './living-id.ts';

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

/**
 * Takes the timeline's lock for a change of one conversation.
 * @returns the id of the living conversation: an id whose words went to another one leads to that
 * @throws AfterwordError `not_found`
 */
export async function lockConversation(tx: Tx, userId: string, id: string): Promise<string> {
  if ((await livingConversationId(tx, userId, id)) === null) throw new AfterwordError('not_found');
  await lockTimeline(tx, userId);
  // It may have been merged or deleted before this transaction got the lock.
  const living = await livingConversationId(tx, userId, id);
  if (living === null) throw new AfterwordError('not_found');
  return living;
}
