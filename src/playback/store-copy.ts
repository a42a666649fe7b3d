import type { BlobStore } from '../store/blobs/blob-store.ts';
import { discardObjects } from '../store/blobs/freeing.ts';
import type { CopySpool } from './copy-spool.ts';

/**
 * Stores a copy and has it kept. A copy that is not wanted any more is removed at once. Where it is uncertain whether it
 * was kept, it stays: if no row names it, the search for orphans frees it.
 * @param keep writes the row that names the object; false: nobody wants it any more
 * @throws what the store, the spool or `keep` has failed with
 */
export async function storeCopy(
  blobs: BlobStore,
  spool: CopySpool,
  keep: (copyKey: string) => Promise<boolean>,
): Promise<void> {
  try {
    const { key } = await blobs.put(spool.read());
    if (!(await keep(key))) await discardObjects(blobs, [key]);
  } finally {
    await spool.close();
  }
}
