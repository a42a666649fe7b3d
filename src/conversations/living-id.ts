/**
 * Finds the conversation that an id stands for now. An id that was told once is never taken back while any of its words
 * live: Omi's app takes a 404 as "gone for good" and gives up the recording. Migration 0064 notes words that leave a
 * conversation.
 */
import { type SqlBool, sql } from 'kysely';
import type { Reader, Tx } from '../store/database.ts';
import { hiddenCopies } from './hidden-copies.ts';

/**
 * @returns the id itself while it has words; else the conversation that has most of its former words; null if none of them
 * is shown any more, or if it is not this person's
 */
export async function livingConversationId(
  db: Reader | Tx,
  userId: string,
  id: string,
): Promise<string | null> {
  const asked = await db
    .selectFrom('conversations')
    .select('merged_into')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (asked?.merged_into === null) return id;
  return (await withItsWords(db, userId, id)) ?? asked?.merged_into ?? null;
}

async function withItsWords(db: Reader | Tx, userId: string, id: string): Promise<string | null> {
  const shown = await formerWords(db, userId, id)
    .innerJoin('conversations', 'conversations.id', 'segments.conversation_id')
    .select('conversations.id')
    .where('conversations.merged_into', 'is', null)
    .groupBy('conversations.id')
    .orderBy(sql`sum(segments.ended_at_ms - segments.started_at_ms)`, 'desc')
    .orderBy('conversations.id')
    .limit(1)
    .executeTakeFirst();
  if (shown) return shown.id;
  // Another recording of that microphone says the same, and its conversation shows it.
  const said = await hiddenCopies(db)
    .innerJoin('conversations', 'conversations.id', 'said.conversation_id')
    .select('conversations.id')
    .where('copy.id', 'in', formerWords(db, userId, id).select('segments.id'))
    .where('conversations.merged_into', 'is', null)
    .orderBy('said.started_at_ms')
    .limit(1)
    .executeTakeFirst();
  return said?.id ?? null;
}

/** Selects the segments that lie where the conversation's words were said, whatever they say and belong to now. */
function formerWords(db: Reader | Tx, userId: string, id: string) {
  return db
    .selectFrom('former_words')
    .innerJoin('recordings', 'recordings.id', 'former_words.recording_id')
    .innerJoin('segments', 'segments.recording_id', 'former_words.recording_id')
    .where('former_words.conversation_id', '=', id)
    .where('segments.user_id', '=', userId)
    .where('segments.deleted_at_ms', 'is', null)
    .where(
      sql<SqlBool>`segments.started_at_ms - recordings.started_at_ms < greatest(former_words.to_ms, former_words.from_ms + 1)
        AND greatest(segments.ended_at_ms, segments.started_at_ms + 1) - recordings.started_at_ms > former_words.from_ms`,
    );
}
