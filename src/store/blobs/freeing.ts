/**
 * Frees what is listed in `objects_to_free`. A row goes only after the store has confirmed; until then any process asks
 * it again. A late deletion hits a key that is never used again.
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
/** One round of one process: at 20 ms a deletion and 8 at once it takes a quarter of a second. */
const TURN_OBJECTS = 100;
const EVERY_MS = 5_000;
/** Longer than a store takes to answer. While it is away the pauses double, up to ten minutes. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;
/** How long a freed object stays listed, for a request that returns to an object that was taken for abandoned. */
const REMEMBERED_MS = 3_600_000;
/** A request waits for the store at most this long; what is listed is freed later. */
const ANSWER_WAITS_MS = 2_000;

/**
 * Frees what a transaction has just listed, if the store answers soon. Never fails: the rest is listed, and {@link
 * startFreeing} frees it.
 */
export async function freeSoon(parts: StoreParts, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const freeing = free(parts, keys).catch(() => {});
  await Promise.race([freeing, delay(ANSWER_WAITS_MS, undefined, { ref: false })]);
}

/**
 * Deletes objects that no transaction knows: those of a request that was refused or broke off. Never fails: the search
 * for orphans finds the rest.
 */
export async function discardObjects(blobs: BlobStore, keys: readonly string[]): Promise<void> {
  const discarding = deleteAll(blobs, keys);
  await Promise.race([discarding, delay(ANSWER_WAITS_MS, undefined, { ref: false })]);
}

export function startFreeing(parts: StoreParts & { log: Logger }, everyMs = EVERY_MS): Rounds {
  return startRounds({
    everyMs,
    round: () => freeListed(parts),
    failed: (error) =>
      parts.log.warn({ err: error }, 'deleted audio could not be removed from the store; it is tried again'),
  });
}

/** @returns whether more can be done at once */
export async function freeListed(parts: StoreParts & { log: Logger }): Promise<boolean> {
  const nowMs = Date.now();
  const { rows } = await sql<{ key: string }>`
    WITH remembered_long_enough AS (
      DELETE FROM objects_to_free
       WHERE freed_at_ms IS NOT NULL
         -- What was freed in the future was freed before the clock was set back.
         AND (freed_at_ms < ${nowMs - REMEMBERED_MS} OR freed_at_ms > ${nowMs + REMEMBERED_MS}))
    UPDATE objects_to_free SET asked_at_ms = ${nowMs}, asked = asked + 1
     WHERE key IN (
       SELECT key FROM objects_to_free
        WHERE freed_at_ms IS NULL
          -- What was asked for in the future was asked for before the clock was set back.
          AND (asked_at_ms IS NULL OR asked_at_ms > ${nowMs} OR asked_at_ms < ${nowMs} -
                least(${FIRST_PAUSE_MS} * 2 ^ least(asked - 1, 10), ${LONGEST_PAUSE_MS}))
        ORDER BY listed_at_ms LIMIT ${TURN_OBJECTS} FOR UPDATE SKIP LOCKED)
    RETURNING key`.execute(parts.db);
  if (rows.length === 0) return false;
  const freed = await free(
    parts,
    rows.map(({ key }) => key),
  );
  if (freed < rows.length)
    parts.log.warn(
      { objects: rows.length - freed },
      'the store did not remove some deleted audio; it is tried again',
    );
  return freed === TURN_OBJECTS;
}

/** @returns the number of objects that the store has confirmed */
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
