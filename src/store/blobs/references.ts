/**
 * Blobs are freed only by reference (DESIGN rule 2). Whoever stores a blob and whoever frees one lock its row, so that
 * the audio that somebody is just being promised is never what somebody else is just deleting.
 */
import { AfterwordError } from '../../errors.ts';
import type { Database, Tx } from '../database.ts';
import type { BlobStore } from './blob-store.ts';

/**
 * Holds on to a stored blob until the transaction ends, when a recording refers to it.
 * @throws AfterwordError `unavailable` when it was freed since it was stored: the client sends it again
 */
export async function holdBlob(tx: Tx, blobs: BlobStore, sha256: string, nowMs: number): Promise<void> {
  const held = await tx
    .insertInto('blobs')
    .values({ sha256, stored_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ stored_at_ms: nowMs }))
    .returning('stored_at_ms')
    .executeTakeFirstOrThrow();
  // Only now is it certain that nobody is freeing it; until now somebody may have.
  if (held && !(await blobs.has(sha256))) {
    throw new AfterwordError('unavailable', 'The upload met a deletion of the same content: send it again.');
  }
}

/** Deletes a blob that no recording refers to any more; leaves one that is in use. Doing it twice is fine. */
export async function freeBlob(db: Database, blobs: BlobStore, sha256: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.selectFrom('blobs').select('sha256').where('sha256', '=', sha256).forUpdate().execute();
    const used = await tx
      .selectFrom('recordings')
      .select('id')
      .where('sha256', '=', sha256)
      .where('outcome', '<>', 'deleted')
      .limit(1)
      .executeTakeFirst();
    if (used) return;
    await blobs.delete(sha256);
    await tx.deleteFrom('blobs').where('sha256', '=', sha256).execute();
  });
}
