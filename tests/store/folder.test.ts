import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { describeBlobStore } from './blob-store-conformance.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterword-blobs-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function prepared(): Promise<FolderBlobStore> {
  const store = new FolderBlobStore(folder);
  await store.prepare();
  return store;
}

async function countFiles(): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describeBlobStore('FolderBlobStore', prepared, countFiles);

it('forgets what a crash cut off, and not what is arriving in another process', async () => {
  await prepared();
  const abandoned = join(folder, 'incoming', 'abandoned.part');
  const arriving = join(folder, 'incoming', 'arriving.part');
  await writeFile(abandoned, 'x');
  await writeFile(arriving, 'x');
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(abandoned, yesterday, yesterday);
  await prepared();
  await expect(stat(abandoned)).rejects.toThrow();
  expect((await stat(arriving)).size).toBe(1);
  await rm(arriving);
});
