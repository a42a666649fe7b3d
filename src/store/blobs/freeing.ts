/**
 * Frees what is listed in `objects_to_free`. The row goes only when the store has confirmed; until then it is asked
 * again and again, by any process. A deletion that the store carries out late hits a key that nobody uses again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import pMap from 'p-map';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import type { BlobStore } from './blob-store.ts';
import { type Rounds, startRounds } from './rounds.ts';

export interface StoreParts {
  db: Database;
  blobs: BlobStore;
}

const AT_ONCE = 8;
/** One turn of one process: at 20 ms a deletion and 8 at once it takes a quarter of a second. */
const TURN_OBJECTS = 100;
const EVERY_MS = 5_000;
/** Longer than a store takes to answer; while it is away the pauses double, up to ten minutes. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;
/** A request that comes back to an object which was taken for abandoned finds it listed for so long. */
const REMEMBERED_MS = 3_600_000;
/** An answer waits for the store no longer: what is listed is freed later. */
const ANSWER_WAITS_MS = 2_000;

/**
 * Frees what a transaction has just listed, as far as the store answers soon. Never fails: whatever is left is
 * listed, and freed by {@link startFreeing}.
 */
export async function freeSoon(parts: StoreParts, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const freeing = free(parts, keys).catch(() => {});
  await Promise.race([freeing, delay(ANSWER_WAITS_MS, undefined, { ref: false })]);
}

/**
 * Deletes objects that no transaction has ever heard of: those of a request that was refused or broke off. Never
 * fails: what is left is found by the search for orphans.
 */
export async function discardObjects(blobs: BlobStore, keys: readonly string[]): Promise<void> {
  const discarding = deleteAll(blobs, keys);
  await Promise.race([discarding, delay(ANSWER_WAITS_MS, undefined, { ref: false })]);
}

export function startFreeing(parts: StoreParts & { log: Logger }, everyMs = EVERY_MS): Rounds {
  return startRounds({
    everyMs,
    round: () => freeListed(parts),
    failed: (error) => parts.log.warn({ err: error }, 'freeing deleted audio broke off, and is tried again'),
  });
}

/** @returns whether there is more to be done at once */
export async function freeListed(parts: StoreParts & { log: Logger }): Promise<boolean> {
  const nowMs = Date.now();
  const { rows } = await sql<{ key: string }>`
    UPDATE objects_to_free SET asked_at_ms = ${nowMs}, asked = asked + 1
     WHERE key IN (
       SELECT key FROM objects_to_free
        WHERE freed_at_ms IS NULL
          -- What was asked for in the future was asked for before the clock was set back.
          AND (asked_at_ms IS NULL OR asked_at_ms > ${nowMs} OR asked_at_ms < ${nowMs} -
                least(${FIRST_PAUSE_MS} * 2 ^ least(asked - 1, 10), ${LONGEST_PAUSE_MS}))
        ORDER BY listed_at_ms LIMIT ${TURN_OBJECTS} FOR UPDATE SKIP LOCKED)
    RETURNING key`.execute(parts.db);
  await forgetFreed(parts.db, nowMs);
  if (rows.length === 0) return false;
  const freed = await free(
    parts,
    rows.map(({ key }) => key),
  );
  if (freed < rows.length)
    parts.log.warn(
      { objects: rows.length - freed },
      'the blob store did not free deleted audio; it is asked again',
    );
  return freed === TURN_OBJECTS;
}

async function forgetFreed(db: Database, nowMs: number): Promise<void> {
  await db
    .deleteFrom('objects_to_free')
    .where('freed_at_ms', 'is not', null)
    .where(({ or, eb }) =>
      or([
        eb('freed_at_ms', '<', nowMs - REMEMBERED_MS),
        eb('freed_at_ms', '>', nowMs + REMEMBERED_MS), // before the clock was set back
      ]),
    )
    .execute();
}

/** @returns how many the store has confirmed */
async function free({ db, blobs }: StoreParts, keys: readonly string[]): Promise<number> {
  const freed = await deleteAll(blobs, keys);
  if (freed.length > 0) {
    await db
      .updateTable('objects_to_free')
      .set({ freed_at_ms: Date.now() })
      .where('key', 'in', freed)
      .execute();
  }
  return freed.length;
}

/** @returns the keys that the store has confirmed */
async function deleteAll(blobs: BlobStore, keys: readonly string[]): Promise<string[]> {
  const confirmed: string[] = [];
  await pMap(
    keys,
    async (key) => {
      await blobs.delete(key).then(
        () => confirmed.push(key),
        () => {},
      );
    },
    { concurrency: AT_ONCE },
  );
  return confirmed;
}
