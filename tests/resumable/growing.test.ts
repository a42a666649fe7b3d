/** A file that arrives in several requests is one object while its writers end by themselves, and never one that two write to. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { finishResumable } from '../../src/resumable/finish.ts';
import { takeLease } from '../../src/resumable/lease.ts';
import { readChunks, readResumable } from '../../src/resumable/rows.ts';
import { type Written, writeBody } from '../../src/resumable/write.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { NAME, startApi } from '../support/api.ts';
import { log } from '../support/database.ts';

const ID = 'rsm_growing';
const SIZE = 3_000_000;

async function begin(size = SIZE) {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-growing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const { db } = await startApi({}, tmpdir(), log, blobs);
  await db
    .insertInto('resumable_uploads')
    .values({
      id: ID,
      user_id: 'anna',
      device_id: 'phone',
      name: NAME,
      length: size,
      created_at_ms: Date.now(),
      expires_at_ms: Date.now() + 3_600_000,
    })
    .execute();
  const parts = { db, blobs };
  const lease = () => takeLease(db, { id: ID, userId: 'anna' }, AbortSignal.timeout(60_000), () => {});
  const bring = async (epoch: number, body: AsyncIterable<Uint8Array>, at: number) =>
    await writeBody(parts, { id: ID, userId: 'anna', epoch }, body, at);
  const write = async (epoch: number, bytes: Uint8Array, at: number) =>
    (await bring(epoch, bodyOf(bytes), at)).safe;
  const finish = async (object: Written['object'] = null) => {
    const resumable = await readResumable(db, 'anna', ID);
    if (!resumable) throw new Error('it has gone');
    await finishResumable(parts, resumable, { object });
    const row = await db.selectFrom('recordings').select('sha256').executeTakeFirstOrThrow();
    return row.sha256;
  };
  const objects = async () => {
    const names = (await readdir(folder, { recursive: true })).filter((name) =>
      /^..\/[0-9a-f]{32}$/.test(name),
    );
    return await Promise.all(names.map((name) => stat(join(folder, name))));
  };
  return { db, lease, bring, write, finish, objects };
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('is written on by the next request, and accepted as it lies there', async () => {
  const { db, lease, write, finish, objects } = await begin();
  const content = randomBytes(SIZE);
  for (const [from, to] of [
    [0, 1_500_000],
    [1_500_000, 1_500_007],
    [1_500_007, SIZE],
  ] as const) {
    const held = await lease();
    expect(await write(held.epoch, content.subarray(from, to), from)).toBe(to);
    await held.release();
    expect(await readChunks(db, ID)).toMatchObject([{ startsAt: 0, sizeBytes: to }]);
  }
  const [written] = await objects();
  expect(await finish()).toBe(hashOf(content));
  const left = await objects();
  expect(left.map(({ ino, size }) => [ino, size])).toEqual([[written?.ino, SIZE]]);
});

it('is begun in a new object after a holder that did not say that it ended, and after those who follow it without a byte', async () => {
  const { db, lease, write, finish, objects } = await begin();
  const content = randomBytes(SIZE);
  const frozen = await lease();
  await write(frozen.epoch, content.subarray(0, 1_200_000), 0);
  // As whoever takes over from the dead leaves it; the beat of a process that has died does not change.
  await db.updateTable('resumable_uploads').set({ is_held: false }).execute();
  const empty = await lease();
  await write(empty.epoch, new Uint8Array(0), 1_200_000);
  await empty.release();
  const next = await lease();
  await write(next.epoch, content.subarray(1_200_000), 1_200_000);
  await next.release();
  // It was frozen only, and writes on.
  const late = write(frozen.epoch, randomBytes(900_000), 1_200_000);
  await expect(late).rejects.toMatchObject({ code: 'resumable_taken' });
  expect(await readChunks(db, ID)).toMatchObject([
    { startsAt: 0, sizeBytes: 1_200_000 },
    { startsAt: 1_200_000, sizeBytes: SIZE - 1_200_000 },
  ]);
  expect(await finish()).toBe(hashOf(content));
  expect((await objects()).map(({ size }) => size)).toEqual([SIZE]);
});

/** Valid until the next one is asked for, as those of a request. */
async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(65_536);
  for (let at = 0; at < bytes.byteLength; at += chunk.byteLength) {
    const now = bytes.subarray(at, at + chunk.byteLength);
    chunk.set(now);
    yield chunk.subarray(0, now.byteLength);
    chunk.fill(0);
  }
}

const [BLOCK, FLUSH] = [262_144, 1_048_576];

it.each([1, BLOCK - 1, BLOCK, BLOCK + 1, FLUSH - 1, FLUSH, FLUSH + 1, 20 * FLUSH + 1])(
  'is hashed while one request brings all %d bytes of it, as it lies there',
  async (size) => {
    const { lease, bring, finish, objects } = await begin(size);
    const content = randomBytes(size);
    const held = await lease();
    const written = await bring(held.epoch, inChunks(content), 0);
    await held.release();
    expect(written).toMatchObject({ safe: size, object: { sha256: hashOf(content) } });
    expect((await objects()).map((it) => it.size)).toEqual([size]);
    expect(await finish(written.object)).toBe(hashOf(content));
  },
);

it('is hashed from the store where no request has brought all of it, or another object than was told', async () => {
  const { lease, bring, finish } = await begin();
  const content = randomBytes(SIZE);
  const first = await lease();
  const broken = async function* () {
    yield* inChunks(content.subarray(0, 1_500_000));
    throw new Error('the link broke');
  };
  await expect(bring(first.epoch, broken(), 0)).rejects.toThrow('the link broke');
  await first.release();
  const second = await lease();
  const rest = await bring(second.epoch, inChunks(content.subarray(1_500_000)), 1_500_000);
  await second.release();
  expect(rest).toEqual({ safe: SIZE, object: null });
  expect(await finish({ key: 'f'.repeat(32), sha256: '0'.repeat(64) })).toBe(hashOf(content));
});
