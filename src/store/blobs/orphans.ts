/**
 * Finds objects in the store that nothing refers to: uploads that were never acknowledged because a process died,
 * broken bodies, and contents that a killed process of an earlier version left in the middle of a deletion. All
 * processes together look at one page at a time, while everything runs.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Tx } from '../database.ts';
import { inTransaction } from '../transaction.ts';
import { isContentHash, PAGE_OBJECTS } from './blob-store.ts';
import type { StoreParts } from './freeing.ts';
import { inUse, listToFree, releaseContents } from './references.ts';
import { type Rounds, startRounds } from './rounds.ts';

/** A younger object is not an orphan, since a running request may own it. Longer requests hold their objects. */
const OLDER_THAN_MS = 3_600_000;
/** Of the ten minutes and more between two searches this is little, and each process looks. */
const LOOK_EVERY_MS = 10_000;
/** A page of 1000 objects takes about 50 ms; the whole search takes a tenth of the time at most. */
const PAGE_EVERY_MS = 1_000;
const SHORTEST_REST_MS = 60_000;
const REST_PER_ROUND = 9;
const LONGEST_REST_MS = 6 * 3_600_000;
/** It is also logged this often. */
const FOREIGN_REST_MS = 3_600_000;
/** If the store is away or refuses, all processes together ask it, and log it, once a minute. */
const FAILED_REST_MS = 60_000;

type OrphanParts = StoreParts & { log: Logger };

export function startOrphanSearch(parts: OrphanParts, everyMs = LOOK_EVERY_MS): Rounds {
  return startRounds({
    everyMs,
    soonMs: PAGE_EVERY_MS,
    round: async () => {
      let isDue = false;
      await searchPage(parts, () => {
        isDue = true;
      });
      return isDue;
    },
    failed: (error) =>
      parts.log.warn(
        { err: error },
        'the search for audio that nothing refers to failed; it goes on in a minute',
      ),
  });
}

/**
 * Looks at one page if it is due and no other process does.
 * @param due called if a page is due here
 * @returns the number of orphans found
 */
export async function searchPage(parts: OrphanParts, due: () => void = () => {}): Promise<number> {
  const { db } = parts;
  const nowMs = Date.now();
  const place = await db
    .updateTable('orphan_search')
    .set({ next_at_ms: nowMs + PAGE_EVERY_MS })
    // A time beyond the longest pause was written before the clock was set back.
    .where(({ or, eb }) =>
      or([eb('next_at_ms', '<=', nowMs), eb('next_at_ms', '>', nowMs + LONGEST_REST_MS)]),
    )
    .returning(['objects_after', 'contents_after', 'round_started_ms', 'owner'])
    .executeTakeFirst();
  if (!place) return 0;
  due();
  try {
    return await searchAt(parts, place, nowMs);
  } catch (error) {
    await db
      .updateTable('orphan_search')
      .set({ next_at_ms: nowMs + FAILED_REST_MS })
      .execute();
    throw error;
  }
}

interface SearchPlace {
  objects_after: string | null;
  contents_after: string | null;
  round_started_ms: number;
  owner: string;
}

async function searchAt(parts: OrphanParts, place: SearchPlace, nowMs: number): Promise<number> {
  const { db, log } = parts;
  const isFirst = place.objects_after === null && place.contents_after === null;
  if (isFirst && !(await ownsStore(parts, place.owner))) {
    await db
      .updateTable('orphan_search')
      .set({ next_at_ms: nowMs + FOREIGN_REST_MS })
      .execute();
    log.error(
      'The audio store belongs to another database, or holds only audio that this one does not know: nothing is freed but what is deleted. See "The audio\'s store" in docs/operating.md',
    );
    return 0;
  }
  const startedMs = isFirst ? nowMs : place.round_started_ms;
  let found = 0;
  if (isFirst) {
    // A store may refuse to list these while its objects can still be listed.
    found += await dropUnfinished(parts, nowMs - OLDER_THAN_MS).catch((error) => {
      log.warn(
        { err: error },
        'unfinished multipart uploads cannot be listed and stay in the bucket: see "Your own PostgreSQL and S3" in docs/operating.md',
      );
      return 0;
    });
  }

  // Objects come first, then contents: '' marks the end of the objects.
  const page =
    place.objects_after === END
      ? await releasePage(parts, place.contents_after)
      : await claimPage(parts, place.objects_after, nowMs - OLDER_THAN_MS);
  found += page.found;
  const isObjects = place.objects_after !== END;
  const isOver = !isObjects && page.next === null;
  await db
    .updateTable('orphan_search')
    .set({
      objects_after: isOver ? null : isObjects ? (page.next ?? END) : END,
      contents_after: isObjects ? null : page.next,
      round_started_ms: startedMs,
      ...(isOver && { next_at_ms: nowMs + restMs(nowMs - startedMs) }),
    })
    .execute();
  if (found > 0) log.info({ objects: found }, 'audio that nothing refers to is freed');
  return found;
}

const END = '';

/**
 * Says whether unknown objects may be freed. A database that was lost and created again does not know audio that may be
 * the only copy. A database that finds an empty store, or an object of its own, takes the store as its own.
 */
async function ownsStore({ db, blobs }: OrphanParts, database: string): Promise<boolean> {
  const owner = await blobs.owner();
  if (owner !== null) return owner === database;
  const { objects } = await blobs.list(null);
  const known = await knownKeys(
    db,
    objects.map(({ key }) => key),
  );
  if (objects.length > 0 && known.size === 0) return false;
  await blobs.setOwner(database);
  return true;
}

function restMs(roundMs: number): number {
  return Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, REST_PER_ROUND * roundMs));
}

interface SearchedPage {
  found: number;
  next: string | null;
}

/** Selects objects whose key is in no row. */
async function claimPage(
  { db, blobs }: OrphanParts,
  after: string | null,
  olderThanMs: number,
): Promise<SearchedPage> {
  const { objects, next } = await blobs.list(after);
  const old = objects.filter(({ storedAtMs }) => storedAtMs < olderThanMs).map(({ key }) => key);
  if (old.length === 0) return { found: 0, next };
  const known = await knownKeys(db, old);
  const suspects = old.filter((key) => !known.has(key)).sort();
  const fresh = suspects.filter((key) => !isContentHash(key));
  let found = 0;
  if (fresh.length > 0) found += (await inTransaction(db, (tx) => claimOrphans(tx, fresh))).length;
  for (const key of suspects.filter(isContentHash))
    found += await inTransaction(db, (tx) => claimNamedByContent(tx, key));
  return { found, next };
}

/** Keys that a row refers to, a request holds, or that are listed already. */
async function knownKeys(db: Database, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    SELECT listed.key FROM unnest(${keys}::text[]) AS listed (key)
     WHERE EXISTS (SELECT FROM blobs WHERE object_key = listed.key)
        OR EXISTS (SELECT FROM blobs WHERE sha256 = listed.key AND object_key IS NULL)
        OR EXISTS (SELECT FROM object_holds held WHERE held.key = listed.key AND until_ms > ${Date.now()})
        OR EXISTS (SELECT FROM objects_to_free o WHERE o.key = listed.key AND freed_at_ms IS NULL)`.execute(
    db,
  );
  return new Set(rows.map(({ key }) => key));
}

/**
 * Lists objects to be freed if nothing refers to them. Against uploads being accepted, the transaction that writes the
 * key first decides. A request whose commit is uncertain calls this too.
 * @returns the objects to free
 */
export async function claimOrphans(tx: Tx, keys: readonly string[]): Promise<string[]> {
  const listed_at_ms = Date.now();
  const claimed = await tx
    .insertInto('objects_to_free')
    .values(keys.toSorted().map((key) => ({ key, listed_at_ms })))
    // It was freed lately and exists again: the store has executed a request to keep it late.
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ listed_at_ms, asked_at_ms: null, freed_at_ms: null })
        .where('objects_to_free.freed_at_ms', 'is not', null),
    )
    .returning('key')
    .execute();
  if (claimed.length === 0) return [];
  // This is a separate statement, after the keys are locked, so that it sees what was accepted during the wait.
  const held = await heldKeys(
    tx,
    claimed.map(({ key }) => key),
  );
  if (held.length > 0) await tx.deleteFrom('objects_to_free').where('key', 'in', held).execute();
  return claimed.flatMap(({ key }) => (held.includes(key) ? [] : key));
}

/** Objects held by open uploads count as needed. */
async function heldKeys(tx: Tx, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    SELECT object_key AS key FROM blobs WHERE object_key = ANY(${keys}::text[])
    UNION SELECT key FROM object_holds WHERE key = ANY(${keys}::text[]) AND until_ms > ${Date.now()}`.execute(
    tx,
  );
  return rows.map(({ key }) => key);
}

/**
 * Handles an object of an earlier version. A process of it may be accepting the same content at this moment; writing
 * the content's row makes one of the two wait for the other.
 */
async function claimNamedByContent(tx: Tx, sha256: string): Promise<number> {
  const nowMs = Date.now();
  const ours = await tx
    .insertInto('blobs')
    .values({ sha256, object_key: sha256, stored_at_ms: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .returning('sha256')
    .executeTakeFirst();
  if (ours) return (await releaseContents(tx, [sha256], nowMs)).length;
  const row = await tx
    .selectFrom('blobs')
    .select('object_key')
    .where('sha256', '=', sha256)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.object_key === null || row.object_key === sha256) return 0;
  await listToFree(tx, [sha256], nowMs);
  return 1;
}

/** Selects contents that no recording refers to; this version leaves none. */
async function releasePage({ db }: OrphanParts, after: string | null): Promise<SearchedPage> {
  const rows = await db
    .selectFrom('blobs')
    .select('sha256')
    .where('sha256', '>', after ?? '')
    .orderBy('sha256')
    .limit(PAGE_OBJECTS)
    .execute();
  const contents = rows.map(({ sha256 }) => sha256);
  const next = contents.length === PAGE_OBJECTS ? (contents.at(-1) ?? null) : null;
  if (contents.length === 0) return { found: 0, next };
  const used = new Set((await inUse(db, contents).execute()).map(({ sha256 }) => sha256));
  const unused = contents.filter((sha256) => !used.has(sha256));
  const freed = await inTransaction(db, (tx) => releaseContents(tx, unused, Date.now()));
  return { found: freed.length, next };
}

/** @returns their number */
async function dropUnfinished({ db, blobs }: OrphanParts, olderThanMs: number): Promise<number> {
  // Removes the holds of processes that died.
  await db.deleteFrom('object_holds').where('until_ms', '<', Date.now()).execute();
  const old = (await blobs.listUnfinished()).filter(({ touchedAtMs }) => touchedAtMs < olderThanMs);
  if (old.length === 0) return 0;
  const keys = old.map(({ key }) => key);
  const held = await db.selectFrom('object_holds').select('key').where('key', 'in', keys).execute();
  const isHeld = new Set(held.map(({ key }) => key));
  const abandoned = old.filter(({ key }) => !isHeld.has(key));
  for (const unfinished of abandoned) await blobs.dropUnfinished(unfinished);
  return abandoned.length;
}
