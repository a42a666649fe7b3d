/**
 * Gives everything of one person to another one: what was stored before anybody signed in, as that of `local`. Only the
 * operator can do it, and only to somebody who has nothing yet, since two timelines would have to be merged.
 */
import { sql } from 'kysely';
import { lockTimeline } from '../conversations/lock.ts';
import { AfterwordError } from '../errors.ts';
import { notifyChange } from '../store/changes.ts';
import type { Database, Tx } from '../store/database.ts';
import { excludePerson } from '../store/person-lock.ts';
import { ensurePerson } from '../store/person-row.ts';
import { inTransaction } from '../store/transaction.ts';

/** What lets somebody in stays theirs; it is not what they have. */
const OF_SIGN_IN = ['identities', 'api_keys', 'sessions', 'push_devices', 'push_people'];
/** What nobody may have already who takes over. */
const THINGS = ['recordings', 'uploads', 'conversations', 'usage', 'events'] as const;

/** @returns how many rows of each table went over */
export async function adopt(
  db: Database,
  { from, to }: { from: string; to: string },
  timeZone: string,
): Promise<ReadonlyMap<string, number>> {
  if (from === to) throw new Error(`Both are ${from}.`);
  return await inTransaction(db, async (tx) => {
    await ensurePerson(tx, to, timeZone);
    // Always in one order, so that two adoptions cannot wait for each other.
    for (const userId of [from, to].sort()) {
      await excludePerson(tx, userId);
      const person = await tx
        .selectFrom('users')
        .select('deleted_at_ms')
        .where('id', '=', userId)
        .executeTakeFirst();
      if (!person) throw new AfterwordError('not_found', `There is no person ${userId}.`);
      if (person.deleted_at_ms !== null) throw new Error(`The person ${userId} was deleted.`);
      await lockTimeline(tx, userId);
    }
    await refuseWhileWorking(tx, from);
    for (const table of THINGS) {
      const own = await tx.selectFrom(table).select('user_id').where('user_id', '=', to).limit(1).execute();
      if (own.length > 0)
        throw new Error(`${to} has ${table} already: only a person who has nothing can take over.`);
    }
    const moved = await moveRows(tx, from, to);
    await copySettings(tx, from, to);
    notifyChange(tx, from);
    notifyChange(tx, to);
    return moved;
  });
}

/** A worker writes with the id of the person that it has read. */
async function refuseWhileWorking(tx: Tx, from: string): Promise<void> {
  const { rows } = await sql<{ recordings: number; conversations: number }>`
    SELECT (SELECT count(*) FROM recordings WHERE user_id = ${from} AND finished_at_ms IS NULL) AS recordings,
           (SELECT count(*) FROM conversations
             WHERE user_id = ${from} AND merged_into IS NULL AND held_by IS NOT NULL) AS conversations`.execute(
    tx,
  );
  const { recordings = 0, conversations = 0 } = rows[0] ?? {};
  if (recordings + conversations === 0) return;
  throw new Error(
    `${from} has ${recordings} recordings and ${conversations} conversations that are being worked on: wait until they are done, or delete what waits.`,
  );
}

/** From the database's own list of columns, so that a table that is added later is not forgotten. */
async function moveRows(tx: Tx, from: string, to: string): Promise<ReadonlyMap<string, number>> {
  // The one who takes over has used nothing yet, so their counters say nothing.
  await tx.deleteFrom('turns').where('user_id', '=', to).execute();
  await tx.deleteFrom('language_calls').where('user_id', '=', to).execute();
  // What they have chosen for themselves already goes before what was chosen when nobody was anybody.
  await sql`
    DELETE FROM person_settings WHERE user_id = ${from}
       AND EXISTS (SELECT FROM person_settings WHERE user_id = ${to})`.execute(tx);
  await tx.deleteFrom('event_counters').where('user_id', '=', to).execute();
  // Whoever still reads the events of the first person must not meet a number twice.
  await sql`
    UPDATE users SET last_event = greatest(last_event, c.last) FROM event_counters c
     WHERE users.id = ${from} AND c.user_id = ${from}`.execute(tx);
  const { rows: tables } = await sql<{ name: string }>`
    SELECT c.table_name AS name FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND c.column_name = 'user_id' AND t.table_type = 'BASE TABLE'
     ORDER BY c.table_name`.execute(tx);
  const moved = new Map<string, number>();
  for (const { name } of tables) {
    if (OF_SIGN_IN.includes(name)) continue;
    const { numAffectedRows = 0n } = await sql`
      UPDATE ${sql.table(name)} SET user_id = ${to} WHERE user_id = ${from}`.execute(tx);
    if (numAffectedRows > 0n) moved.set(name, Number(numAffectedRows));
  }
  return moved;
}

/** Time zone, rule of the timeline and whatever else a person has set. */
async function copySettings(tx: Tx, from: string, to: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = 'users'
       AND column_name NOT IN ('id', 'role', 'created_at_ms', 'deleted_at_ms')`.execute(tx);
  const columns = rows.map(({ name }) => sql.ref(name));
  await sql`
    UPDATE users SET (${sql.join(columns)}) = (SELECT ${sql.join(columns)} FROM users WHERE id = ${from})
     WHERE id = ${to}`.execute(tx);
}
