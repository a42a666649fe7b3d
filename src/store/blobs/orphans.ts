/**
 * Finds what lies in the store and nothing refers to: objects whose upload was never acknowledged because a process
 * died, bodies that broke off, and contents that a process of the version before left when it was killed in the middle
 * of a deletion. All processes together look at one page at a time, while everything runs.
 */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Tx } from '../database.ts';
import { inTransaction } from '../transaction.ts';
import { isContentHash, PAGE_OBJECTS } from './blob-store.ts';
import type { StoreParts } from './freeing.ts';
import { inUse, listToFree, releaseContents } from './references.ts';
import { type Rounds, startRounds } from './rounds.ts';

/** Nothing younger is an orphan: it may belong to a request that is under way. Longer ones hold their objects. */
const OLDER_THAN_MS = 3_600_000;
const LOOK_EVERY_MS = 1_000;
/** A page of 1000 objects takes some 50 ms; the whole search takes a tenth of the time at most. */
const PAGE_EVERY_MS = 1_000;
const SHORTEST_REST_MS = 60_000;
const REST_PER_ROUND = 9;
const LONGEST_REST_MS = 6 * 3_600_000;
/** It is logged as often. */
const FOREIGN_REST_MS = 3_600_000;
/** A store that is away or refuses is asked again, and written of in the log, once a minute by all processes together. */
const FAILED_REST_MS = 60_000;

type OrphanParts = StoreParts & { log: Logger };

export function startOrphanSearch(parts: OrphanParts, everyMs = LOOK_EVERY_MS): Rounds {
  return startRounds({
    everyMs,
    round: async () => {
      await searchPage(parts);
      return false;
    },
    failed: (error) =>
      parts.log.warn(
        { err: error },
        'the search for audio that nothing refers to broke off, and goes on in a minute',
      ),
  });
}

/** Looks at one page, when its time has come and no other process does. @returns how many orphans it found */
export async function searchPage(parts: OrphanParts): Promise<number> {
  const { db } = parts;
  const nowMs = Date.now();
  const place = await db
    .updateTable('orphan_search')
    .set({ next_at_ms: nowMs + PAGE_EVERY_MS })
    // A time beyond the longest rest was set before the clock was set back.
    .where(({ or, eb }) =>
      or([eb('next_at_ms', '<=', nowMs), eb('next_at_ms', '>', nowMs + LONGEST_REST_MS)]),
    )
    .returning(['objects_after', 'contents_after', 'round_started_ms', 'owner'])
    .executeTakeFirst();
  if (!place) return 0;
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
    // A store may refuse to list these, and the objects can be looked at all the same.
    found += await dropUnfinished(parts, nowMs - OLDER_THAN_MS).catch((error) => {
      log.warn(
        { err: error },
        'uploads in parts that nobody completed cannot be looked for; see "The audio\'s store"',
      );
      return 0;
    });
  }

  // The objects first, and then the contents: '' is the end of the objects.
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
 * Whether what this database does not know may be freed. A database that was lost and made anew knows nothing of audio
 * that may be the only copy of it. One that finds an empty store, or something of its own, makes the store its own.
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

/** Objects whose key is in no row. */
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

/** What a row refers to, a request holds, or is listed already. */
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
 * Lists objects to be freed, if nothing refers to them, against uploads that are being accepted: whichever transaction
 * is the first to write the key decides. Also what a request does whose transaction may have been committed or not.
 * @returns those that are to be freed
 */
export async function claimOrphans(tx: Tx, keys: readonly string[]): Promise<string[]> {
  const listed_at_ms = Date.now();
  const claimed = await tx
    .insertInto('objects_to_free')
    .values(keys.toSorted().map((key) => ({ key, listed_at_ms })))
    // Freed lately, and there again: the store has carried out late what it was asked to keep.
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ listed_at_ms, asked_at_ms: null, freed_at_ms: null })
        .where('objects_to_free.freed_at_ms', 'is not', null),
    )
    .returning('key')
    .execute();
  if (claimed.length === 0) return [];
  // A statement of its own, after the keys are ours: it sees what was accepted while they were waited for.
  const held = await heldKeys(
    tx,
    claimed.map(({ key }) => key),
  );
  if (held.length > 0) await tx.deleteFrom('objects_to_free').where('key', 'in', held).execute();
  return claimed.flatMap(({ key }) => (held.includes(key) ? [] : key));
}

/** What open uploads hold counts as well. */
async function heldKeys(tx: Tx, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    SELECT object_key AS key FROM blobs WHERE object_key = ANY(${keys}::text[])
    UNION SELECT key FROM object_holds WHERE key = ANY(${keys}::text[]) AND until_ms > ${Date.now()}`.execute(
    tx,
  );
  return rows.map(({ key }) => key);
}

/**
 * An object of the version before, a process of which may be accepting the same content right now: writing the
 * content's row makes one of the two wait for the other.
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

/** Contents that no recording refers to: this version leaves none. */
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

/** @returns how many */
async function dropUnfinished({ db, blobs }: OrphanParts, olderThanMs: number): Promise<number> {
  // What a process has held that died meanwhile.
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
