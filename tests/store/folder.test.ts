import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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

it('tells a folder that cannot be read from audio that is gone', async () => {
  const store = new FolderBlobStore(join(folder, 'a-file'));
  await writeFile(join(folder, 'a-file'), '');
  const reading = store.open('ab'.repeat(16), new AbortController().signal);
  await expect(reading.next()).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(store.has('ab'.repeat(16))).rejects.toThrow('ENOTDIR');
  await rm(join(folder, 'a-file'));
});
