/** Remembers in rows which files were dealt with, also over restarts and among several processes. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { FoundFile } from './place.ts';
import type { Watched } from './setting.ts';

/** Whoever took a file on and died is followed by another after this time. */
const HELD_MS = 600_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const HASHES_AT_ONCE = 1_000;

export function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

/**
 * `done`: this file, as it is now, was dealt with. `waits`: another process is at it, or it is not yet time to try again.
 */
export type TakenOn = 'mine' | 'waits' | 'done';

export async function takeOn(db: Database, watched: Watched, file: FoundFile): Promise<TakenOn> {
  const nowMs = Date.now();
  const row = await db
    .insertInto('watched_files')
    .values({
      source: watched.place,
      name_hash: hashOf(file.path),
      user_id: watched.userId,
      version: file.version,
      next_try_at_ms: nowMs + HELD_MS,
      seen_at_ms: nowMs,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['source', 'name_hash'])
        .doUpdateSet({
          user_id: watched.userId,
          version: file.version,
          next_try_at_ms: nowMs + HELD_MS,
          seen_at_ms: nowMs,
          tries: sql<number>`CASE WHEN watched_files.version = excluded.version THEN watched_files.tries ELSE 0 END`,
        })
        .where(
          sql<boolean>`watched_files.version <> ${file.version} OR watched_files.user_id <> ${watched.userId} OR watched_files.next_try_at_ms <= ${nowMs}
            -- It was set before the clock was set back.
            OR watched_files.next_try_at_ms > ${nowMs + LONGEST_WAIT_MS}`,
        ),
    )
    .returning('name_hash')
    .executeTakeFirst();
  if (row) return 'mine';
  const known = await db
    .selectFrom('watched_files')
    .select('next_try_at_ms')
    .where('source', '=', watched.place)
    .where('name_hash', '=', hashOf(file.path))
    .executeTakeFirst();
  return known?.next_try_at_ms === null ? 'done' : 'waits';
}

export async function noteDone(
  db: Database,
  watched: Watched,
  file: FoundFile,
  done: { sha256: string } | { code: string },
): Promise<void> {
  await ofFile(db, watched, file)
    .set({ sha256: null, code: null, ...done, next_try_at_ms: null })
    .execute();
}

/** It is tried again later: what stands in the way may go. */
export async function noteFailure(
  db: Database,
  watched: Watched,
  file: FoundFile,
  code: string,
): Promise<void> {
  await ofFile(db, watched, file)
    .set({
      code,
      tries: sql`tries + 1`,
      next_try_at_ms: sql`${Date.now()} + least(${LONGEST_WAIT_MS}, ${FIRST_WAIT_MS} * 2 ^ least(tries, 10))::bigint`,
    })
    .execute();
}

/** Forgets files that are not there any more, so that the table has as many rows as the place has files. */
export async function forgetGone(db: Database, place: string, there: ReadonlySet<string>): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('watched_files')
      .select('name_hash')
      .where('source', '=', place)
      .where('name_hash', '>', after)
      .orderBy('name_hash')
      .limit(HASHES_AT_ONCE)
      .execute();
    const gone = rows.flatMap(({ name_hash }) => (there.has(name_hash) ? [] : name_hash));
    if (gone.length > 0)
      await db
        .deleteFrom('watched_files')
        .where('source', '=', place)
        .where('name_hash', 'in', gone)
        .execute();
    const last = rows.at(-1);
    if (last === undefined || rows.length < HASHES_AT_ONCE) return;
    after = last.name_hash;
  }
}

/** The file as it was taken on: another process may have taken on a newer one of that name since, and end before that is done. */
function ofFile(db: Database, { place }: Watched, { path, version }: FoundFile) {
  return db
    .updateTable('watched_files')
    .where('source', '=', place)
    .where('name_hash', '=', hashOf(path))
    .where('version', '=', version);
}
