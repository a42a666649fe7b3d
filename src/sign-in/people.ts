/** The people of a server, for its operator. */
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { Role } from '../store/tables/people.ts';
import { inTransaction } from '../store/transaction.ts';

export interface PersonRow {
  id: string;
  role: Role;
  createdAtMs: number;
  deletedAtMs: number | null;
  identities: number;
  recordings: number;
}

export async function listPeople(
  db: Database,
  { limit, after }: { limit: number; after: string },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    SELECT id, role, created_at_ms AS "createdAtMs", deleted_at_ms AS "deletedAtMs",
           (SELECT count(*) FROM identities i WHERE i.user_id = u.id) AS identities,
           (SELECT count(*) FROM recordings r WHERE r.user_id = u.id AND r.outcome <> 'deleted') AS recordings
      FROM users u WHERE id > ${after} ORDER BY id LIMIT ${limit}`.execute(db);
  return rows;
}

/**
 * Ends all sessions of a person, and on request their keys. What they have open ends within seconds (`doors.ts`).
 * @throws AfterwordError `not_found`
 */
export async function signOut(
  db: Database,
  userId: string,
  { keys }: { keys: boolean },
): Promise<{ sessions: number; revoked: number }> {
  return await inTransaction(db, async (tx) => {
    // Whoever is making a key or a session holds the row.
    const person = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', userId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!person) throw new AfterwordError('not_found');
    const { numDeletedRows } = await tx
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (!keys) return { sessions: Number(numDeletedRows), revoked: 0 };
    const { numUpdatedRows } = await tx
      .updateTable('api_keys')
      .set({ revoked_at_ms: Date.now() })
      .where('user_id', '=', userId)
      .where('revoked_at_ms', 'is', null)
      .executeTakeFirst();
    return { sessions: Number(numDeletedRows), revoked: Number(numUpdatedRows) };
  });
}

/**
 * Whoever is no admin any more has no key of one either: what a key may do is said by the key alone.
 * @returns how many keys were revoked by that
 * @throws AfterwordError `not_found`
 */
export async function giveRole(db: Database, userId: string, role: Role): Promise<{ revoked: number }> {
  return await inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('users')
      .set({ role })
      .where('id', '=', userId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new AfterwordError('not_found');
    if (role === 'admin') return { revoked: 0 };
    const { numUpdatedRows: revoked } = await tx
      .updateTable('api_keys')
      .set({ revoked_at_ms: Date.now() })
      .where('user_id', '=', userId)
      .where('revoked_at_ms', 'is', null)
      .where(sql<boolean>`scopes @> ARRAY['admin']`)
      .executeTakeFirst();
    return { revoked: Number(revoked) };
  });
}
