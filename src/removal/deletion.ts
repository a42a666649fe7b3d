import { lockTimeline } from '../conversations/lock.ts';
import { AfterwordError } from '../errors.ts';
import { forgetEvents } from '../events/read.ts';
import { normalise } from '../normalise.ts';
import { forgetPush } from '../push/devices.ts';
import { forgetResumables } from '../resumable/rows.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { freeSoon } from '../store/blobs/freeing.ts';
import { releaseContents } from '../store/blobs/references.ts';
import { notifyChange } from '../store/changes.ts';
import type { Database, Tx } from '../store/database.ts';
import { forgetWorkAbout } from '../store/forgotten-work.ts';
import { excludePerson } from '../store/person-lock.ts';
import { inTransaction } from '../store/transaction.ts';
import { forgetWebhooks } from '../webhooks/endpoints.ts';

export interface RemovalParts {
  db: Database;
  blobs: BlobStore;
  quietMs: number;
}

export interface Removed<T> {
  /** The hashes of the contents of the deleted recordings. */
  contents: readonly string[];
  result: T;
}

/**
 * Runs a deletion in one transaction: it deletes the rows and lists the audio that nothing refers to any more. The deletion
 * also succeeds while the store cannot be reached; listed audio is removed from the store later.
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

/** Gives a database that is away the code for deletions, since the texts of `unavailable` speak of uploads. */
function ofDeletion(thrown: unknown): unknown {
  const { code } = normalise(thrown);
  return code === 'unavailable' || code === 'storage_full'
    ? new AfterwordError('not_deleted', undefined, { cause: thrown })
    : thrown;
}

/**
 * Deletes everything of a person. Only the fact that they were deleted stays, so that a phone that still sends does not
 * create them again unnoticed.
 * @throws AfterwordError `not_found`
 */
export async function removeUser(parts: RemovalParts, userId: string): Promise<void> {
  await deleteInTransaction(parts, async (tx) => {
    await excludePerson(tx, userId);
    const known = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
    if (!known) throw new AfterwordError('not_found');
    await lockTimeline(tx, userId);
    const nowMs = Date.now();
    const nothing = { time_zone: 'UTC', created_at_ms: nowMs, deleted_at_ms: nowMs, role: 'person' as const };
    await tx.updateTable('users').set(nothing).where('id', '=', userId).execute();
    // A trigger of the table deletes settings and decisions with it, whichever version deletes the person.
    await tx.deleteFrom('segments').where('user_id', '=', userId).execute();
    await tx.updateTable('conversations').set({ merged_into: null }).where('user_id', '=', userId).execute();
    const talks = await tx
      .deleteFrom('conversations')
      .where('user_id', '=', userId)
      .returning('id')
      .execute();
    await tx.deleteFrom('uploads').where('user_id', '=', userId).execute();
    await forgetResumables(tx, userId);
    const removed = await tx
      .deleteFrom('recordings')
      .where('user_id', '=', userId)
      .returning(['id', 'sha256'])
      .execute();
    await forgetWorkAbout(
      tx,
      [...talks, ...removed].map(({ id }) => id),
    );
    // Whoever takes a turn holds its recording: what waited for us finds none.
    // The files in watched places stay, and their owner stays deleted.
    await tx.deleteFrom('watched_files').where('user_id', '=', userId).execute();
    await tx.deleteFrom('turns').where('user_id', '=', userId).execute();
    await tx.deleteFrom('stage_begins').where('user_id', '=', userId).execute();
    // The speakers' voices were deleted with the recordings.
    await tx.deleteFrom('speakers').where('user_id', '=', userId).execute();
    // Nothing lets them in any more but the identity itself: it stays, so that they are known as deleted when they come again.
    await tx.deleteFrom('api_keys').where('user_id', '=', userId).execute();
    await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
    await tx.updateTable('identities').set({ label: null }).where('user_id', '=', userId).execute();
    // Usage is deleted last: a piece that is being committed holds its recording's row, so it is counted before we get here.
    await tx.deleteFrom('usage').where('user_id', '=', userId).execute();
    await forgetWebhooks(tx, userId);
    await forgetPush(tx, userId);
    // Whoever wrote an event held a row that was deleted above.
    await forgetEvents(tx, userId);
    notifyChange(tx, userId);
    return { contents: removed.map(({ sha256 }) => sha256), result: undefined };
  });
}
