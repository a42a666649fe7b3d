/** Reads what was decided about the events of conversations, wherever in their sound that lies now. */
import { sql } from 'kysely';
import type { DecidedEvent } from '../decisions/events.ts';
import type { Reader } from '../store/database.ts';

/** @returns by the conversation, in the order in which they were decided */
export async function eventDecisions(
  db: Reader,
  userId: string,
  conversationIds: readonly string[],
): Promise<Map<string, DecidedEvent[]>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('decisions')
    .innerJoin(
      db
        .selectFrom('segments')
        .select(['conversation_id', 'recording_id'])
        .distinct()
        .where(({ eb, fn, val }) => eb('conversation_id', '=', fn.any(val([...conversationIds]))))
        .as('said'),
      'said.recording_id',
      'decisions.recording_id',
    )
    .select(['said.conversation_id as conversationId', sql<DecidedEvent>`decisions.value`.as('value')])
    .where('decisions.user_id', '=', userId)
    .where('decisions.kind', '=', 'event')
    .orderBy('decisions.id')
    .execute();
  const byConversation = Map.groupBy(rows, ({ conversationId }) => conversationId ?? '');
  return new Map([...byConversation].map(([id, own]) => [id, own.map(({ value }) => value)]));
}
