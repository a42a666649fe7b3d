/** What a quiet conversation is about: once per version of its words (DESIGN rule 9). */

import { unfinishedNear } from '../conversations/quiet.ts';
import type { ConversationToUnderstand } from '../meaning/understanding.ts';
import { tellSpeakers } from '../speakers/appearing.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import { notifyChange } from '../store/changes.ts';
import { type Database, queryable, type Tx } from '../store/database.ts';
import { recordUnderstanding } from '../usage/record.ts';
import type { Stages } from './stages.ts';

/** `superseded`: its words have changed or will; whoever changes them enqueues another understanding. */
export type Understood = 'understood' | 'superseded';

/** One attempt at one version of a conversation's words. */
export interface Turn {
  conversationId: string;
  revision: number;
  attempt: number;
}

export async function understand(stages: Stages, turn: Turn, signal: AbortSignal): Promise<Understood> {
  const { db, understander } = stages;
  const { conversationId, revision } = turn;
  const conversation = await readQuietTurn(db, turn);
  if (!conversation) return 'superseded';
  const words = await readWords(stages, conversationId, conversation);
  const understanding = await understander.understand(words, { signal });
  return await db.transaction().execute(async (tx) => {
    await stages.lease.assertHeld(queryable(tx));
    const userId = conversation.user_id;
    await recordUnderstanding(tx, stages.prices, { conversationId, revision, userId, understanding });
    const { numUpdatedRows } = await tx
      .updateTable('conversations')
      .set({
        understanding: JSON.stringify(understanding),
        understood_revision: revision,
        failure: null,
        failure_code: null,
        tries: 0,
        next_try_at_ms: null,
        updated_at_ms: Date.now(),
      })
      .where('id', '=', conversationId)
      .where('revision', '=', revision)
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow();
    await notifyChange(tx, conversation.user_id);
    return numUpdatedRows > 0n ? 'understood' : 'superseded';
  });
}

/** The conversation, if this turn at it is still wanted: its words are the same, and nobody has understood them. */
export function readTurn(db: Database | Tx, { conversationId, revision, attempt }: Turn) {
  return db
    .selectFrom('conversations')
    .innerJoin('users', 'users.id', 'conversations.user_id')
    .selectAll('conversations')
    .select('users.time_zone')
    .where('conversations.id', '=', conversationId)
    .where('conversations.revision', '=', revision)
    .where('conversations.attempt', '=', attempt)
    .where('conversations.understood_revision', '<', revision)
    .where('conversations.merged_into', 'is', null);
}

/** The same, and only while nothing on its way can touch it. */
export async function readQuietTurn(db: Database, turn: Turn) {
  return await readTurn(db, turn)
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .executeTakeFirst();
}

export async function readWords(
  { db }: Stages,
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
