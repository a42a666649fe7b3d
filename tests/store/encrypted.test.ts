/** Audio that is encrypted in its store: what a store must do, what a thief sees, what a change of it does, changing the key. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { secretBox } from '../../src/sign-in/secret-box.ts';
import { CHUNK_BYTES, isSealed } from '../../src/store/blobs/encrypted/chunks.ts';
import { keysInUse, missingKeys, resealAll } from '../../src/store/blobs/encrypted/reseal.ts';
import { EncryptedBlobStore } from '../../src/store/blobs/encrypted/store.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { createDatabase, databaseForTest, type TestDatabase } from '../support/database.ts';
import { STORES } from '../support/stores.ts';
import { describeBlobStore } from './blob-store-conformance.ts';

const OLD = 'the-old-key-of-the-tests-0123456789abcdef';
const NEW = 'the-new-key-of-the-tests-0123456789abcdef';
const never = new AbortController().signal;
const SPEECH = Buffer.from('what was said, again and again. ');

let database: TestDatabase;
let folder: string;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'afterword-encrypted-'));
});
afterAll(async () => {
  for (const { close } of opened) await close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function store(keys: string[] = [OLD], db = database.db): Promise<EncryptedBlobStore> {
  const inner = new FolderBlobStore(folder);
  await inner.prepare();
  return new EncryptedBlobStore(inner, { db, box: keys.length > 0 ? secretBox(keys) : null });
}

const files = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const fileOf = (key: string) => join(folder, key.slice(0, 2), key);

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const speech = (length: number) => Buffer.alloc(length, SPEECH);

describeBlobStore('EncryptedBlobStore on a folder', store, async () => (await files()).length);

let s3: Promise<Awaited<ReturnType<typeof STORES.S3>>> | undefined;
describeBlobStore(
  'EncryptedBlobStore on S3',
  async () => {
    s3 ??= STORES.S3().then((one) => {
      opened.push(one);
      return one;
    });
    return new EncryptedBlobStore((await s3).blobs, { db: database.db, box: secretBox([OLD]) });
  },
  async () => (await (await s3)?.count()) ?? 0,
);

it('shows nothing of the audio in the store, and the same audio as other bytes under another name', async () => {
  const one = await store();
  const stored = [await one.put(bodyOf(speech(200_000))), await one.put(bodyOf(speech(200_000)))];
  const [a, b] = await Promise.all(stored.map(({ key }) => readFile(fileOf(key))));
  expect(a && isSealed(a)).toBe(true);
  expect(a?.includes('what was said')).toBe(false);
  expect(a?.subarray(64).equals(b?.subarray(64) ?? Buffer.alloc(0))).toBe(false);
  expect(stored[0]?.sha256).toBe(stored[1]?.sha256);
  expect((await files()).some((name) => name.includes(stored[0]?.sha256 ?? '-'))).toBe(false);
});

it('notices each byte that is changed, added or missing, and gives nothing of the chunk', async () => {
  const one = await store();
  const size = 2 * CHUNK_BYTES + 1_000;
  const { key } = await one.put(bodyOf(speech(size)));
  const sealed = await readFile(fileOf(key));
  const refused = { code: 'blob_missing' };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 16, max: sealed.length - 1 }), fc.nat(7), async (at, bit) => {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      await writeFile(fileOf(key), changed);
      const given: Uint8Array[] = [];
      const reading = async () => {
        for await (const chunk of one.open(key, never)) given.push(chunk);
      };
      await expect(reading()).rejects.toMatchObject(refused);
      const whole = Buffer.concat(given);
      expect(whole.equals(speech(size).subarray(0, whole.length))).toBe(true);
    }),
    { numRuns: 40 },
  );
  const sealedChunk = CHUNK_BYTES + 16;
  const swapped = Buffer.concat([
    sealed.subarray(0, 16),
    sealed.subarray(16 + sealedChunk, 16 + 2 * sealedChunk),
    sealed.subarray(16, 16 + sealedChunk),
    sealed.subarray(16 + 2 * sealedChunk),
  ]);
  const shorter = [sealed.subarray(0, -1), sealed.subarray(0, 16 + 2 * sealedChunk), sealed.subarray(0, 16)];
  for (const other of [...shorter, Buffer.concat([sealed, Buffer.from('x')]), swapped, speech(size)]) {
    await writeFile(fileOf(key), other);
    await expect(read(one.open(key, never))).rejects.toMatchObject(refused);
  }
  // Of what lies in other chunks nothing is lost.
  const changed = Buffer.from(sealed);
  changed[20] = (changed[20] ?? 0) ^ 1;
  await writeFile(fileOf(key), changed);
  const rest = { from: CHUNK_BYTES, to: size };
  expect((await read(one.open(key, never, rest))).equals(speech(size).subarray(CHUNK_BYTES))).toBe(true);
});

it('does not take one object for another, nor an encrypted one without its key for a recording', async () => {
  const one = await store();
  const [a, b] = [await one.put(bodyOf(speech(500))), await one.put(bodyOf(speech(500)))];
  await writeFile(fileOf(a.key), await readFile(fileOf(b.key)));
  await expect(read(one.open(a.key, never))).rejects.toMatchObject({ code: 'blob_missing' });
  // The sealed data key is bound to its object too.
  const { db } = database;
  const row = await db
    .selectFrom('object_keys')
    .select('sealed')
    .where('key', '=', b.key)
    .executeTakeFirstOrThrow();
  await db.updateTable('object_keys').set(row).where('key', '=', a.key).execute();
  await expect(read((await store()).open(a.key, never))).rejects.toMatchObject({ code: 'configuration' });
  await db.deleteFrom('object_keys').where('key', '=', a.key).execute();
  await expect(read((await store()).open(a.key, never))).rejects.toMatchObject({ code: 'blob_missing' });
  await db.deleteFrom('object_keys').where('key', 'in', [a.key]).execute();
});

it('reads what was stored before there was a key, beside what is encrypted', async () => {
  const before = await store([]);
  const plain = await before.put(bodyOf(speech(100_000)));
  const now = await store();
  const encrypted = await now.put(bodyOf(speech(100_000)));
  for (const { key } of [plain, encrypted])
    expect((await read(now.open(key, never))).equals(speech(100_000))).toBe(true);
  const part = await read(now.open(plain.key, never, { from: 70_000, to: 70_100 }));
  expect(part.equals(speech(100_000).subarray(70_000, 70_100))).toBe(true);
});

it('changes the key while it is used: old and new processes read, then only the new key is needed', async () => {
  const { db } = await databaseForTest();
  const old = await store([OLD], db);
  const stored = [];
  for (let n = 0; n < 5; n++) stored.push(await old.put(bodyOf(speech(1_000 + n))));
  const both = await store([NEW, OLD], db);
  stored.push(await both.put(bodyOf(speech(3_000))));
  const [newName = '', oldName = ''] = secretBox([NEW, OLD]).names;
  expect(await missingKeys(db, [newName])).toEqual([oldName]);
  expect(await resealAll(db, secretBox([NEW, OLD]), () => {})).toBe(5);
  expect(await resealAll(db, secretBox([NEW, OLD]), () => {})).toBe(0);
  expect(await keysInUse(db)).toEqual([{ name: newName, objects: 6 }]);
  expect(await missingKeys(db, [newName])).toEqual([]);
  const only = await store([NEW], db);
  for (const { key, sizeBytes } of stored)
    expect((await read(only.open(key, never))).equals(speech(sizeBytes))).toBe(true);
  // A process that was not told of the new key says so, and takes nothing for broken audio.
  await expect(read((await store([OLD], db)).open(stored[0]?.key ?? '', never))).rejects.toMatchObject({
    code: 'configuration',
  });
});

it('forgets the key of what is deleted, so that no copy of the bytes can be read', async () => {
  const one = await store();
  const { key } = await one.put(bodyOf(speech(100)));
  await one.delete(key);
  const left = await database.db.selectFrom('object_keys').select('key').where('key', '=', key).execute();
  expect(left).toEqual([]);
});
