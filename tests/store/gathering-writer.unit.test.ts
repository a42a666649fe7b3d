import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BLOCK_BYTES, Blocks } from '../../src/store/blobs/blocks.ts';
import { GatheringWriter } from '../../src/store/blobs/gathering-writer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterword-writer-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

test('all bytes are in the file in their order, whatever the sizes of the chunks', async () => {
  const path = join(folder, 'all');
  const chunks = [1, 70_000, 0, 3_000_000, 17, 65_536, 1_048_576, 5].map((size) => randomBytes(size));
  const file = await open(path, 'wx');
  const writer = new GatheringWriter(file);
  for (const chunk of chunks) await writer.write(chunk);
  await writer.end();
  await file.close();
  expect((await readFile(path)).equals(Buffer.concat(chunks))).toBe(true);
});

test('what a short write leaves is written from where it stopped', async () => {
  const path = join(folder, 'short');
  const [before, chunks] = [randomBytes(100), [70_000, 3, 600_000, 40].map((size) => randomBytes(size))];
  await writeFile(path, before);
  const file = await open(path, 'r+');
  // As the system does it where a signal or a bound comes in between, here within the third chunk, and within the fourth.
  const parts = [70_500, 9];
  const inParts = Object.assign(Object.create(file), {
    datasync: file.datasync.bind(file),
    writev: async (given: Uint8Array[], at: number) =>
      await file.write(Buffer.concat(given), 0, parts.shift(), at),
    write: async (bytes: Uint8Array, from: number, length: number, at: number) =>
      await file.write(bytes, from, Math.min(length, 100_000), at),
  });
  const writer = new GatheringWriter(inParts, before.byteLength);
  for (const chunk of chunks) await writer.write(chunk);
  await writer.end();
  await file.close();
  expect((await readFile(path)).equals(Buffer.concat([before, ...chunks]))).toBe(true);
});

test('a disk that refuses is told of by the next write or by the end, and nothing is under way then', async () => {
  const path = join(folder, 'refused');
  await (await open(path, 'wx')).close();
  const file = await open(path, 'r');
  const writer = new GatheringWriter(file);
  const all = async () => {
    for (let n = 0; n < 100; n++) await writer.write(randomBytes(65_536));
    await writer.end();
  };
  await expect(all()).rejects.toMatchObject({ code: 'EBADF' });
  await writer.settled();
  await file.close();
});

test('a flush is refused where the disk has told another sync that runs beside it of a failed write', async () => {
  const file = await open(join(folder, 'told once'), 'wx');
  const flushed = Promise.withResolvers<void>();
  let syncs = 0;
  // As Linux does it: of several syncs of one open file only one is told, and here it is the one that returns last.
  const once = Object.assign(Object.create(file), {
    writev: file.writev.bind(file),
    datasync: async () => {
      if (++syncs > 1) return flushed.resolve();
      await flushed.promise;
      await new Promise((done) => setImmediate(done));
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    },
  });
  const writer = new GatheringWriter(once);
  for (let n = 0; n < 80; n++) await writer.write(randomBytes(65_536));
  await expect(writer.flush()).rejects.toMatchObject({ code: 'EIO' });
  await writer.settled();
  await file.close();
});

test('what is given is in the file, however it is cut and flushed, and all memory is given back', async () => {
  const sizes = [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES, 5 * BLOCK_BYTES + 7];
  const step = fc.oneof(fc.constantFrom(...sizes), fc.constant('flush' as const), fc.nat(100_000));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const path = join(folder, 'cut');
      const file = await open(path, 'w');
      const shared = new Blocks();
      const writer = new GatheringWriter(file, 0, shared);
      const given: Buffer[] = [];
      const bytes = () => given.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const flushes: Promise<void>[] = [];
      for (const what of steps) {
        if (what === 'flush') {
          const least = bytes();
          // It runs beside what is given next.
          flushes.push(writer.flush().then((upTo) => expect(upTo).toBeGreaterThanOrEqual(least)));
          continue;
        }
        const chunk = randomBytes(what);
        given.push(Buffer.from(chunk));
        await writer.write(chunk);
        // As whoever has given it may do.
        chunk.fill(0);
      }
      await Promise.all(flushes);
      await writer.end();
      await file.close();
      expect((await readFile(path)).equals(Buffer.concat(given))).toBe(true);
      expect(shared.taken).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('many at once go on when the shared memory is used up, and give it back', async () => {
  const shared = new Blocks();
  const away: Buffer[] = [];
  for (let block = shared.take(false); block; block = shared.take(false)) away.push(block);
  const contents = Array.from({ length: 20 }, () => randomBytes(3 * BLOCK_BYTES + 5));
  await Promise.all(
    contents.map(async (content, n) => {
      const path = join(folder, `many-${n}`);
      const file = await open(path, 'w');
      const writer = new GatheringWriter(file, 0, shared);
      for (let at = 0; at < content.byteLength; at += 65_536)
        await writer.write(content.subarray(at, at + 65_536));
      await writer.end();
      await file.close();
      expect((await readFile(path)).equals(content)).toBe(true);
    }),
  );
  expect(shared.taken).toBe(away.length);
});

test('a disk that is full within a body refuses it, and its memory is given back', async () => {
  const file = await open('/dev/full', 'r+');
  const shared = new Blocks();
  const writer = new GatheringWriter(file, 0, shared);
  const all = async () => {
    for (let n = 0; n < 100; n++) await writer.write(randomBytes(65_537));
  };
  await expect(all()).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(writer.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
  await writer.settled();
  await file.close();
  expect(shared.taken).toBe(0);
});

test('nothing is under way once it has settled, also where more was given as a write ended', async () => {
  const file = await open(join(folder, 'settled'), 'wx');
  const writes: { bytes: number; done: () => void }[] = [];
  const held = Object.assign(Object.create(file), {
    datasync: file.datasync.bind(file),
    writev: async (given: Uint8Array[]) => {
      const bytes = given.reduce((sum, { byteLength }) => sum + byteLength, 0);
      await new Promise<void>((done) => writes.push({ bytes, done }));
      return { bytesWritten: bytes };
    },
  });
  const shared = new Blocks();
  while (shared.take(false));
  const writer = new GatheringWriter(held, 0, shared);
  // With one block only, it fills that again as soon as the first write has ended.
  const written = writer.write(randomBytes(2 * BLOCK_BYTES));
  let isSettled = false;
  const settled = writer.settled().then(() => {
    isSettled = true;
  });
  for (let write = writes.shift(); write; write = writes.shift()) {
    expect(isSettled).toBe(false);
    write.done();
    await new Promise((done) => setImmediate(done));
  }
  await settled;
  await written;
  await file.close();
});
