import { AfterwordError } from '../errors.ts';
import { normalise } from '../normalise.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { freeSoon } from '../store/blobs/freeing.ts';
import { releaseContents } from '../store/blobs/references.ts';
import type { Database, Tx } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';

export interface RemovalParts {
  db: Database;
  blobs: BlobStore;
  quietMs: number;
}

export interface Removed<T> {
  /** By their hashes, the contents of the recordings that were deleted. */
  contents: readonly string[];
  result: T;
}

/**
 * Runs a deletion in one transaction: the rows go, and the audio that nothing refers to any more is listed to be freed.
 * A store that cannot be reached does not keep the deletion from being done; whatever is listed is freed when it can.
 * @throws AfterwordError `not_deleted` while the database cannot be reached
 */
export async function deleteInTransaction<T>(
  parts: RemovalParts,
  remove: (tx: Tx) => Promise<Removed<T>>,
): Promise<T> {
  const { result, freed } = await inTransaction(parts.db, async (tx) => {
    const { contents, result } = await remove(tx);
    return { result, freed: await releaseContents(tx, [...new Set(contents)], Date.now()) };
  }).catch((error: unknown) => {
    throw ofDeletion(error);
  });
  await freeSoon(parts, freed);
  return result;
}

/** The table's words for a database that is away speak of uploads. */
function ofDeletion(thrown: unknown): unknown {
  const { code } = normalise(thrown);
  return code === 'unavailable' || code === 'storage_full'
    ? new AfterwordError('not_deleted', undefined, { cause: thrown })
    : thrown;
}
