/**
 * Adds words to the index that were stored before there was one. Each call is a short transaction under the lock of one
 * person's timeline, so that no word changes meanwhile; new words are added by the tables themselves.
 */
import { sql } from 'kysely';
import type { Reader, Tx } from '../store/database.ts';

/** A recording of an hour has about 600 segments, and each takes about 0.2 ms. */
const RECORDINGS_AT_ONCE = 10;

/** @returns somebody else than these whose older words are not all in the index, or null */
export async function personWithOlderWords(
  db: Reader,
  except: readonly string[] = [],
): Promise<string | null> {
  const row = await db
    .selectFrom('search_older')
    .select('user_id')
    .$if(except.length > 0, (query) => query.where('user_id', 'not in', except))
    .limit(1)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/** Must be called under the timeline's lock. */
export async function addOlderWords(tx: Tx, userId: string): Promise<void> {
  const row = await tx
    .selectFrom('search_older')
    .select('after')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  // Another worker has added the last ones.
  if (!row) return;
  const recordings = await tx
    .selectFrom('recordings')
    .select(['id', 'sha256'])
    .where('user_id', '=', userId)
    .where('sha256', '>', row.after ?? '')
    .orderBy('sha256')
    .limit(RECORDINGS_AT_ONCE)
    .execute();
  const last = recordings.at(-1);
  if (!last) {
    await tx.deleteFrom('search_older').where('user_id', '=', userId).execute();
    return;
  }
  await sql`SELECT search_add_older(${recordings.map(({ id }) => id)}::text[])`.execute(tx);
  await tx.updateTable('search_older').set({ after: last.sha256 }).where('user_id', '=', userId).execute();
}
