/**
 * Decides which object holds a content, and which objects nobody needs. Accepting, deleting and the search for orphans
 * do so, each in a transaction. They meet at two rows: the content's row in `blobs`, and the object's key in
 * `objects_to_free`, where every key is listed unless something refers to it. None of them calls the store.
 */
import pMap from 'p-map';
import { AfterwordError } from '../../errors.ts';
import type { Database, Reader, Tx } from '../database.ts';
import { type BlobStore, type ByteRange, isContentHash, type StoredBlob } from './blob-store.ts';

/** For each content the key of an object that the store has just confirmed. */
export type StandingKeys = ReadonlyMap<string, string>;

/** Selects the contents that recordings refer to. Deleted recordings refer to nothing, and neither do those that are words only. */
export function inUse(tx: Reader, contents: readonly string[]) {
  return tx
    .selectFrom('recordings')
    .select('sha256')
    .distinct()
    .where('sha256', 'in', contents)
    .where('outcome', '<>', 'deleted')
    .where('audio_removed_at_ms', 'is', null);
}

/**
 * Asks the store, before a transaction, which of these contents it still has. An object named by its content never
 * counts, since a process of an earlier version may be about to delete it.
 */
export async function standingKeys(
  db: Database,
  blobs: BlobStore,
  contents: readonly string[],
): Promise<StandingKeys> {
  const rows = await db
    .selectFrom('blobs')
    .select(['sha256', 'object_key'])
    .where('sha256', 'in', contents)
    .where('object_key', 'is not', null)
    .execute();
  const standing = new Map<string, string>();
  await pMap(
    rows,
    async ({ sha256, object_key: key }) => {
      if (key !== null && !isContentHash(key) && (await blobs.has(key))) standing.set(sha256, key);
    },
    { concurrency: 8 },
  );
  return standing;
}

/**
 * Claims the objects of one request for its transaction: they are listed to be freed until {@link holdContents} takes
 * them off the list. Any other transaction that wants to decide about one of them waits.
 * @throws AfterwordError `unavailable` if the search for orphans was faster; the client sends the file again
 */
export async function claimObjects(tx: Tx, keys: readonly string[], nowMs: number): Promise<void> {
  if (keys.length === 0) return;
  const claimed = await tx
    .with('unheld', (db) => db.deleteFrom('object_holds').where('key', 'in', keys))
    .insertInto('objects_to_free')
    .values([...keys].sort().map((key) => ({ key, listed_at_ms: nowMs })))
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .execute();
  if (claimed.length < keys.length) {
    throw new AfterwordError('unavailable', 'The upload took so long that it was given up: send it again.');
  }
}

export interface Holding {
  /** All objects that the transaction has claimed. */
  claimed: readonly string[];
  /** Those of them that are to be kept. */
  wanted: readonly Pick<StoredBlob, 'sha256' | 'key'>[];
  standing: StandingKeys;
  nowMs: number;
}

/**
 * Lets each content be held by one object; the row's lock keeps others from deciding about it until the transaction
 * ends. An existing object stays if the store has it; otherwise the new one replaces it.
 */
export async function holdContents(tx: Tx, { claimed, wanted, standing, nowMs }: Holding): Promise<string[]> {
  // The first of several storings of one content in one request holds it.
  const newKeys = new Map(wanted.toReversed().map(({ sha256, key }) => [sha256, key]));
  if (newKeys.size === 0) return [...claimed];
  // Everybody takes the row locks in the order of the content, so that two uploads that share files cannot deadlock.
  const contents = [...newKeys].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = await tx
    .with('held', (db) =>
      db
        .insertInto('blobs')
        .values(contents.map(([sha256, object_key]) => ({ sha256, object_key, stored_at_ms: nowMs })))
        .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ stored_at_ms: nowMs }))
        .returning(['sha256', 'object_key']),
    )
    // What a row refers to is not listed; what is replaced below is listed again.
    .with('unlisted', (db) =>
      db
        .deleteFrom('objects_to_free')
        .using('held')
        .where(({ eb, fn, ref }) =>
          eb('objects_to_free.key', '=', fn.coalesce(ref('held.object_key'), ref('held.sha256'))),
        ),
    )
    .selectFrom('held')
    .select(['sha256', 'object_key'])
    .execute();
  const held = new Set<string>();
  const replaced: string[] = [];
  for (const { sha256, object_key } of rows) {
    const before = object_key ?? sha256;
    const key = newKeys.get(sha256) ?? before;
    if (before === key || before === standing.get(sha256)) {
      held.add(before);
      continue;
    }
    await tx.updateTable('blobs').set({ object_key: key }).where('sha256', '=', sha256).execute();
    await tx.deleteFrom('objects_to_free').where('key', '=', key).execute();
    held.add(key);
    replaced.push(before);
  }
  await listToFree(tx, replaced, nowMs);
  return [...claimed.filter((key) => !held.has(key)), ...replaced];
}

/**
 * Lists the objects of contents that no recording refers to any more. Call it when the recordings are deleted, at the
 * end of the transaction: whoever accepts locks recordings before contents as well.
 * @returns the keys of what is to be freed
 */
export async function releaseContents(tx: Tx, contents: readonly string[], nowMs: number): Promise<string[]> {
  if (contents.length === 0) return [];
  await tx
    .selectFrom('blobs')
    .select('sha256')
    .where('sha256', 'in', contents)
    .orderBy('sha256')
    .forUpdate()
    .execute();
  // A statement of its own, after the locks: it sees what was accepted while they were waited for.
  const used = new Set((await inUse(tx, contents).execute()).map(({ sha256 }) => sha256));
  const unused = contents.filter((sha256) => !used.has(sha256));
  if (unused.length === 0) return [];
  const released = await tx
    .deleteFrom('blobs')
    .where('sha256', 'in', unused)
    .returning(['sha256', 'object_key'])
    .execute();
  const keys = released.map(({ sha256, object_key }) => object_key ?? sha256);
  await listToFree(tx, keys, nowMs);
  return keys;
}

/** A name of the version before may have been freed once already, and have been given to another object since. */
export async function listToFree(tx: Tx, keys: readonly string[], nowMs: number): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .insertInto('objects_to_free')
    .values(keys.map((key) => ({ key, listed_at_ms: nowMs })))
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ listed_at_ms: nowMs, asked_at_ms: null, asked: 0, freed_at_ms: null }),
    )
    .execute();
}

/**
 * Streams a content from the object that holds it now. An object that was replaced between the look at the row and the
 * look at the store is looked up once more.
 * @param knownKey of the object, where the caller has just read it
 * @throws AfterwordError `blob_missing`, `unavailable`
 */
export async function* openContent(
  { db, blobs }: { db: Reader; blobs: BlobStore },
  sha256: string,
  signal: AbortSignal,
  range?: ByteRange,
  knownKey: string | null = null,
): AsyncGenerator<Uint8Array> {
  const key = knownKey ?? (await keyOf(db, sha256));
  let begun = false;
  try {
    for await (const chunk of blobs.open(key, signal, range)) {
      begun = true;
      yield chunk;
    }
    return;
  } catch (error) {
    const isMissing = error instanceof AfterwordError && error.code === 'blob_missing';
    if (begun || !isMissing || (await keyOf(db, sha256)) === key) throw error;
  }
  yield* blobs.open(await keyOf(db, sha256), signal, range);
}

/** Without a row it can only be an object of the version before. */
async function keyOf(db: Reader, sha256: string): Promise<string> {
  const row = await db
    .selectFrom('blobs')
    .select('object_key')
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.object_key ?? sha256;
}
