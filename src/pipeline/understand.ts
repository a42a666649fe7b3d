/**
 * Makes title, summary and tasks of a settled conversation, once per version of its words.
 * The rule is "Meaning is computed once things are quiet" (ARCHITECTURE.md).
 */

import { unfinishedNear } from '../conversations/settled.ts';
import type { ConversationToUnderstand } from '../meaning/understanding.ts';
import { tellSpeakers } from '../speakers/appearing.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import { notifyChange } from '../store/changes.ts';
import type { Reader } from '../store/database.ts';
import { recordUnderstanding } from '../usage/record.ts';
import { CallLog } from './call-log.ts';
import { type ConversationAttempt, commit, STALE, selectWanted } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { UNHELD } from './crashes.ts';

/** `superseded`: the words have changed or will change, and that change enqueues another understanding. */
export type Understood = 'understood' | 'superseded';

export type UnderstandingAttempt = ConversationAttempt;

export async function understand(
  context: PipelineContext,
  turn: UnderstandingAttempt,
  signal: AbortSignal,
): Promise<Understood> {
  const { db, understander } = context;
  const { conversationId, revision } = turn;
  const conversation = await readQuietTurn(db, turn);
  if (!conversation) return 'superseded';
  const words = await readWords(context, conversationId, conversation);
  const userId = conversation.user_id;
  const calls = new CallLog(context, { kind: 'understand', attempt: turn, userId });
  const understanding = await understander
    .understand(words, { signal, onCall: calls.watch })
    .finally(() => calls.settled());
  const used = { conversationId, revision, userId, understanding };
  const committed = await commit(
    context,
    turn,
    async (tx) => {
      await recordUnderstanding(tx, context.prices, used);
      await tx
        .updateTable('conversations')
        .set({
          understanding: JSON.stringify(understanding),
          understood_revision: revision,
          failure: null,
          failure_code: null,
          tries: 0,
          next_try_at_ms: null,
          updated_at_ms: Date.now(),
          ...UNHELD,
        })
        .where('id', '=', conversationId)
        .execute();
      await notifyChange(tx, userId);
    },
    { ifStale: async (tx) => await recordUnderstanding(tx, context.prices, used) },
  );
  return committed === STALE ? 'superseded' : 'understood';
}

/** Selects the conversation and its person's time zone if this attempt is still wanted. */
export function readTurn(db: Reader, turn: UnderstandingAttempt) {
  return selectWanted(db, turn)
    .innerJoin('users', 'users.id', 'conversations.user_id')
    .selectAll('conversations')
    .select('users.time_zone');
}

/** Does the same, and only if no recording being processed can still add to the conversation. */
export async function readQuietTurn(db: Reader, turn: UnderstandingAttempt) {
  return await readTurn(db, turn)
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .executeTakeFirst();
}

export async function readWords(
  { db }: PipelineContext,
  conversationId: string,
  conversation: { started_at_ms: number; ended_at_ms: number; time_zone: string },
): Promise<ConversationToUnderstand> {
  const told = await segmentsWithSpeakers(db, conversationId)
    .select(['segments.text', 'segments.language'])
    .execute();
  const { segments } = tellSpeakers(told);
  return {
    segments,
    startedAtMs: conversation.started_at_ms,
    endedAtMs: conversation.ended_at_ms,
    timeZone: conversation.time_zone,
    languages: [...new Set(segments.flatMap(({ language }) => language ?? []))],
  };
}
