/** Chunks that a store holds in memory until they are whole: all bodies share that memory, and none waits for another. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { takeLease } from '../../src/resumable/lease.ts';
import { readChunks } from '../../src/resumable/rows.ts';
import { writeBody } from '../../src/resumable/write.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { HeldBytes } from '../../src/store/blobs/held-bytes.ts';
import { NAME, startApi } from '../support/api.ts';
import { log } from '../support/database.ts';

const MB = 1024 * 1024;
const BODIES = 6;

/** A folder that says that it holds what it is given, as a bucket does. */
class Holding extends FolderBlobStore {
  override readonly growing = undefined as never;
  readonly held = new HeldBytes(8 * MB);
}

async function begin() {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-held-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = new Holding(folder);
  await blobs.prepare();
  const { db } = await startApi({}, tmpdir(), log, blobs);
  const send = async (id: string, length: number, body: AsyncIterable<Uint8Array>) => {
    const nowMs = Date.now();
    await db
      .insertInto('resumable_uploads')
      .values({
        id,
        user_id: 'anna',
        device_id: 'phone',
        name: NAME,
        length,
        created_at_ms: nowMs,
        expires_at_ms: nowMs + 3_600_000,
      })
      .execute();
    const lease = await takeLease(db, { id, userId: 'anna' }, AbortSignal.timeout(60_000), () => {});
    const written = await writeBody({ db, blobs }, { id, userId: 'anna', epoch: lease.epoch }, body, 0);
    await lease.release();
    return written.safe;
  };
  const stored = async (id: string) => {
    const hash = createHash('sha256');
    const chunks = await readChunks(db, id);
    for (const { key } of chunks)
      for await (const bytes of blobs.open(key, new AbortController().signal)) hash.update(bytes);
    return { sizes: chunks.map(({ sizeBytes }) => sizeBytes), sha256: hash.digest('hex') };
  };
  return { held: blobs.held, send, stored };
}

async function* inParts(content: Uint8Array, until?: Promise<void>): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += 65_536) {
    if (until && at + 65_536 >= content.byteLength) await until;
    yield content.subarray(at, at + 65_536);
  }
}

it('keeps to the bound with many at once, also when some of them stop in the middle of a chunk', async () => {
  const { held, send, stored } = await begin();
  const [stalled, later] = [Promise.withResolvers<void>(), randomBytes(4 * MB)];
  // They hold all that they can get, and send nothing more.
  const slow = ['slow-1', 'slow-2', 'slow-3'].map((id) =>
    send(id, later.byteLength, inParts(later, stalled.promise)),
  );
  await expect.poll(() => held.held).toBeGreaterThan(4 * MB);
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, held.held);
  }, 1);
  const contents = Array.from({ length: BODIES }, () => randomBytes(2 * MB + 1));
  await Promise.all(
    contents.map(async (content, n) => {
      expect(await send(`fast-${n}`, content.byteLength, inParts(content))).toBe(content.byteLength);
      const { sha256 } = await stored(`fast-${n}`);
      expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    }),
  );
  clearInterval(watching);
  expect(most).toBeLessThanOrEqual(8 * MB);
  stalled.resolve();
  expect(await Promise.all(slow)).toEqual([later, later, later].map(({ byteLength }) => byteLength));
  expect(held.held).toBe(0);
});

it('makes one chunk of what one request of a push brings while there is memory', async () => {
  const { send, stored } = await begin();
  for (const [id, length] of [
    ['whole', 4 * MB],
    ['more', 4 * MB + 1],
    ['less', 4 * MB - 1],
    ['own', 256 * 1024],
  ] as const) {
    const content = randomBytes(length);
    await send(id, length, inParts(content));
    const { sizes, sha256 } = await stored(id);
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(sizes).toEqual(length > 4 * MB ? [4 * MB, 1] : [length]);
  }
});
