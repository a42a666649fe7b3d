import { lockConversation } from '../conversations/lock.ts';
import { unfinishedNear } from '../conversations/settled.ts';
import { UNTRIED } from '../conversations/untried.ts';
import { noteConversation } from '../events/note.ts';
import { enqueueUnderstandAgain } from '../intake/enqueue.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { anyState, type Precondition } from './precondition.ts';

/**
 * Makes title, summary and tasks of a conversation anew, as after its words or speakers were corrected. What its person has
 * decided stays. A conversation that is being understood already, or waits for words that are on their way, stays as it is.
 * @returns the id of the living conversation
 * @throws AfterwordError `not_found`, or what the precondition throws
 */
export async function reprocessConversation(
  db: Database,
  userId: string,
  id: string,
  require: Precondition = anyState,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const living = await lockConversation(tx, userId, id);
    await require(tx, living);
    const conversation = await tx
      .selectFrom('conversations')
      .select(['id', 'revision', 'attempt', 'understood_revision', 'failure'])
      .where('id', '=', living)
      .where(({ not, exists }) => not(exists(unfinishedNear(null))))
      .executeTakeFirst();
    const isUnderWay =
      !conversation ||
      (conversation.understood_revision < conversation.revision && conversation.failure === null);
    if (isUnderWay) return living;
    const next = {
      id: living,
      // Another version for whoever waits for it, of the same words: its segments keep the revision of their placing.
      revision: conversation.revision + 1,
      attempt: conversation.attempt + 1,
    };
    await tx
      .updateTable('conversations')
      .set({
        revision: next.revision,
        attempt: next.attempt,
        ...UNTRIED,
        // A model is asked although the words are the same.
        understood_words: null,
        understood_words_of: null,
        updated_at_ms: Date.now(),
      })
      .where('id', '=', living)
      .execute();
    await enqueueUnderstandAgain(tx, next, 0);
    noteConversation(tx, userId, living);
    return living;
  });
}
