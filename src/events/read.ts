/** Reads a person's log. */
import { sql } from 'kysely';
import type { Database, Tx } from '../store/database.ts';
import type { EventType, LoggedEvent, StoredEvent } from './types.ts';

/**
 * In order, those after a number; without gaps, whoever is writing meanwhile.
 */
export async function readEvents(
  db: Database,
  userId: string,
  { after, most }: { after: number; most: number },
): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('user_id', '=', userId)
    .where('number', '>', after)
    .orderBy('number')
    .limit(most)
    .execute();
  return rows.map((row) => ({
    number: row.number,
    type: row.type as EventType,
    atMs: row.at_ms,
    recordingId: row.recording_id,
    conversationId: row.conversation_id,
    uploadIds: row.upload_ids,
    // It was written by `appendEvents`, whose types these are.
    data: row.data as unknown as LoggedEvent['data'],
  }));
}

/** The number of the person's last event; 0 without any. */
export async function lastNumber(db: Database, userId: string): Promise<number> {
  const user = await db
    .selectFrom('users')
    .leftJoin('event_counters', 'event_counters.user_id', 'users.id')
    .select(({ fn }) => fn.coalesce('event_counters.last', 'users.last_event').as('last'))
    .where('users.id', '=', userId)
    .executeTakeFirst();
  return user?.last ?? 0;
}

/** In the deletion of a person, after all that writes events about them. The numbers go on if the person comes back. */
export async function forgetEvents(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('events').where('user_id', '=', userId).execute();
  await sql`
    WITH gone AS (DELETE FROM event_counters WHERE user_id = ${userId} RETURNING last)
    UPDATE users SET last_event = greatest(last_event, (SELECT last FROM gone)) WHERE id = ${userId}`.execute(
    tx,
  );
}

/**
 * Says whether everything after this number is still there: old events are deleted, and a number may be made up.
 */
export async function canReplay(db: Database, userId: string, after: number): Promise<boolean> {
  const last = await lastNumber(db, userId);
  if (after === last) return true;
  if (after > last) return false;
  const oldest = await db
    .selectFrom('events')
    .select(({ fn }) => fn.min('number').as('number'))
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return oldest?.number != null && after >= Number(oldest.number) - 1;
}

/** @returns how many went, `most` at once */
export async function deleteOldEvents(db: Database, keepMs: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('events')
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('user_id', 'number'),
        'in',
        selectFrom('events')
          .select(['user_id', 'number'])
          .where('at_ms', '<', Date.now() - keepMs)
          .orderBy('at_ms')
          .limit(most)
          .forUpdate()
          .skipLocked()
          .$asTuple('user_id', 'number'),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
