/** Both stores, each with what only its owner can do: make things older, and see everything that lies there. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, newKey } from '../../src/store/blobs/blob-store.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import { type S3Server, startS3Server } from './s3-server.ts';

const BUCKET = 'afterword';

interface TestStore {
  readonly blobs: BlobStore;
  /** null for a folder. */
  readonly s3: S3Server | null;
  /** With which a process finds it. */
  readonly settings: Record<string, string>;
  /** Everything that takes room, parts of bodies too. */
  count(): Promise<number>;
  /** As if everything that is there now had been stored two hours ago. */
  age(): Promise<void>;
  /** Stores under a name of one's own, and a part of a body that broke off. */
  plant(key: string, content?: string): Promise<void>;
  plantPart(): Promise<void>;
  close(): Promise<void>;
}

export const STORES = { folder: openFolder, S3: openS3 } as const;

interface StoreOptions {
  /** After how long without a word a bucket is given up. The default is long, because a busy machine says nothing for seconds. */
  silentMs?: number;
}

async function openFolder(_options: StoreOptions = {}): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-store-'));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  return {
    blobs,
    s3: null,
    settings: { AFTERWORD_BLOBS: folder },
    count: async () => (await filesIn(folder)).filter((file) => !file.endsWith('/owner')).length,
    age: () => ageFiles(folder),
    plant: async (key, content = 'x') => void (await blobs.put(bodyOf(content), key)),
    plantPart: () => writeFile(join(folder, 'incoming', `${newKey()}.part`), 'x'),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openS3({ silentMs = 30_000 }: StoreOptions = {}): Promise<TestStore> {
  const s3 = await startS3Server();
  const { endpoint, credentials } = s3;
  const blobs = new S3BlobStore({ bucket: BUCKET, endpoint, credentials, deadlines: { silentMs } });
  await blobs.prepare();
  return {
    blobs,
    s3,
    settings: {
      AFTERWORD_BLOBS: `s3://${BUCKET}?endpoint=${endpoint}`,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    count: async () =>
      (await s3.keys(BUCKET)).filter((key) => key !== 'owner').length +
      (await s3.unfinishedUploads(BUCKET)).length,
    age: () => ageFiles(s3.folder),
    plant: async (key, content = 'x') => void (await blobs.put(bodyOf(content), key)),
    plantPart: async () => {
      const key = newKey();
      const url = `${endpoint}/${BUCKET}/${key.slice(0, 2)}/${key}?uploads`;
      const begun = await fetch(url, { method: 'POST' });
      if (!begun.ok) throw new Error(`no upload in parts: ${begun.status}`);
    },
    close: async () => {
      blobs.close();
      await s3.close();
    },
  };
}

export async function* bodyOf(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function ageFiles(folder: string): Promise<void> {
  const before = new Date(Date.now() - 2 * 3_600_000);
  for (const file of await filesIn(folder)) await utimes(file, before, before);
}
