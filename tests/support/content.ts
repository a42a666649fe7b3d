/** What lies in a store, by its content: the names of objects do not tell it. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';
import type { Database } from '../../src/store/database.ts';

/** Whether the object that a content's row names is there. */
export async function hasContent(db: Database, blobs: BlobStore, sha256: string): Promise<boolean> {
  const row = await db.selectFrom('blobs').selectAll().where('sha256', '=', sha256).executeTakeFirst();
  return row !== undefined && (await blobs.has(row.object_key ?? sha256));
}

/** The hashes of all files in a folder, whatever they are called: parts of bodies too. */
export async function contentsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }) => hashOf(await readFile(join(parentPath, name)))),
  );
}

export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
