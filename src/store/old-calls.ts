import type { Database } from './database.ts';

/**
 * Deletes rows of calls that began longer ago than this, so that the table is bounded by what is asked within that time.
 * What was paid for stays in `usage`.
 * @returns how many went, `most` at once
 */
export async function deleteOldCalls(db: Database, keepMs: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('provider_calls')
    .where('id', 'in', (query) =>
      query
        .selectFrom('provider_calls')
        .select('id')
        .where('started_at_ms', '<', Date.now() - keepMs)
        .orderBy('started_at_ms')
        .limit(most)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
