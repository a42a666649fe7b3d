/** Redrive: a person has a conversation understood that waits for its next try, or for them. */
import { AfterwordError } from '../errors.ts';
import { notifyChange } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { inTransaction } from '../store/transaction.ts';
import { enqueueUnderstandAgain } from './enqueue.ts';

/**
 * Its failure stays readable until it is understood, or fails in another way. Whatever waits is another attempt's then.
 * @returns false when there is nothing to retry: it is under way, or understood
 * @throws AfterwordError `not_found`
 */
export async function retryConversation(db: Database, userId: string, id: string): Promise<boolean> {
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const asked = await tx
      .selectFrom('conversations')
      .select(({ fn }) => fn.coalesce('merged_into', 'id').as('id'))
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (!asked) throw new AfterwordError('not_found');
    const conversation = await tx
      .selectFrom('conversations')
      .select(['id', 'revision', 'understood_revision', 'attempt', 'failure', 'next_try_at_ms'])
      .where('id', '=', asked.id)
      .where('merged_into', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!conversation) throw new AfterwordError('not_found');
    const nowMs = Date.now();
    const { revision, understood_revision, failure, next_try_at_ms } = conversation;
    const isUnderWay = failure === null || (next_try_at_ms !== null && next_try_at_ms <= nowMs);
    if (isUnderWay || understood_revision >= revision) return false;
    const attempt = conversation.attempt + 1;
    await tx
      .updateTable('conversations')
      .set({
        attempt,
        tries: 0,
        next_try_at_ms: nowMs,
        updated_at_ms: nowMs,
        held_by: null,
        crashes: 0,
        alone_from_ms: null,
      })
      .where('id', '=', conversation.id)
      .execute();
    await enqueueUnderstandAgain(tx, { id: conversation.id, revision, attempt }, 0);
    await notifyChange(tx, userId);
    return true;
  });
}
