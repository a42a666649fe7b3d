/** The row of a person: made when they first have something, and kept as a tombstone when they are deleted. */
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from './database.ts';

export async function ensurePerson(db: Database | Tx, userId: string, timeZone: string): Promise<void> {
  await db
    .insertInto('users')
    .values({ id: userId, time_zone: timeZone, created_at_ms: Date.now() })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * What was deleted is not tied to somebody anew by what was asked before.
 * @throws AfterwordError `user_deleted`
 */
export async function requireThere(tx: Tx, userId: string): Promise<void> {
  const person = await tx
    .selectFrom('users')
    .select('deleted_at_ms')
    .where('id', '=', userId)
    .executeTakeFirst();
  if (person?.deleted_at_ms != null) throw new AfterwordError('user_deleted');
}
