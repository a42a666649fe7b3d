import { sql } from 'kysely';
import type { Tx } from './database.ts';

/**
 * Keeps a person from being deleted until the transaction ends; many transactions may do so at once. The timeline's
 * lock would not do, because accepting an upload must not wait for the work. Taken before any row.
 */
export async function keepPerson(tx: Tx, userId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock_shared(${numberOf(userId)})`.execute(tx);
}

/** Waits until no upload of the person is being accepted, and blocks new ones until the transaction ends. */
export async function excludePerson(tx: Tx, userId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${numberOf(userId)})`.execute(tx);
}

/** Two people who share a number only wait for each other. */
function numberOf(userId: string) {
  return sql`hashtextextended('person:' || ${userId}::text, 0)`;
}
