/**
 * Ends an attempt to understand a conversation that failed: sets the next attempt and what is shown until then. The
 * words stay readable.
 */

import { defectOf, failureFields } from '../failure.ts';
import { enqueueUnderstandAgain } from '../intake/enqueue.ts';
import type { Understanding } from '../meaning/understanding.ts';
import { notifyChange } from '../store/changes.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { UNHELD } from './crashes.ts';
import { logNotUnderstood } from './log-lines.ts';
import { nextTryAfter, type TryFailure } from './retry-policy.ts';
import { readTurn, readWords, type UnderstandingAttempt } from './understand.ts';

/**
 * Ends the attempt. A failure that may pass gets a next attempt, later each time. Any other failure, or a day of
 * attempts, makes a dead letter that a person can retry. Fenced, and only while the attempt is still wanted.
 */
export async function failUnderstanding(
  context: PipelineContext,
  turn: UnderstandingAttempt,
  failure: TryFailure,
  signal: AbortSignal,
): Promise<void> {
  const extract = await extractMeanwhile(context, turn, signal);
  const ended = await commitEnd(context, turn, failure, extract).catch(async (error) => {
    if (!extract || !defectOf(error)) throw error;
    // If the database refuses the extracted summary as well, the failed attempt is still recorded.
    return await commitEnd(context, turn, failure, null);
  });
  if (ended !== STALE) logNotUnderstood(context.log, turn.conversationId, { ...failure, ...ended });
}

async function commitEnd(
  context: PipelineContext,
  turn: UnderstandingAttempt,
  failure: TryFailure,
  extract: Understanding | null,
): Promise<{ tries: number; nextTryAtMs: number | null } | typeof STALE> {
  return await commit(context, turn, async (tx, conversation) => {
    const { id, revision, tries } = conversation;
    const waitMs = nextTryAfter(failure, tries);
    const nowMs = Date.now();
    const attempt = conversation.attempt + 1;
    await tx
      .updateTable('conversations')
      .set({
        ...(extract ? { understanding: JSON.stringify(extract) } : {}),
        failure: failure.reason,
        failure_code: failure.code,
        attempt,
        tries: tries + 1,
        next_try_at_ms: waitMs === null ? null : nowMs + waitMs,
        updated_at_ms: nowMs,
        ...UNHELD,
      })
      .where('id', '=', id)
      .execute();
    if (waitMs !== null) await enqueueUnderstandAgain(tx, { id, revision, attempt }, waitMs);
    await notifyChange(tx, conversation.user_id);
    return { tries: tries + 1, nextTryAtMs: waitMs === null ? null : nowMs + waitMs };
  });
}

/**
 * Makes the summary that is shown until the language model answers. A summary that a model made of earlier words is
 * kept instead, since it says more than an extract. The same words are not extracted twice.
 * @returns null if nothing is to be replaced
 */
async function extractMeanwhile(
  context: PipelineContext,
  turn: UnderstandingAttempt,
  signal: AbortSignal,
): Promise<Understanding | null> {
  const { db, fallback, log } = context;
  if (!fallback) return null;
  const conversation = await readTurn(db, turn).executeTakeFirst();
  if (!conversation || conversation.understanding?.madeBy.kind === 'language-model') return null;
  if (conversation.understanding && conversation.tries > 0) return null;
  try {
    return await fallback.understand(await readWords(context, conversation.id, conversation), { signal });
  } catch (error) {
    signal.throwIfAborted();
    // Recording that the model failed matters more than this summary, so its own failure is ignored.
    const { cause } = failureFields(error);
    log.error(`Conversation ${conversation.id}: no summary of its own sentences could be made: ${cause}`);
    return null;
  }
}
