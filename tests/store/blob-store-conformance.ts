/** What every blob store must do, whatever it is made of. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';

export function describeBlobStore(
  name: string,
  make: () => Promise<BlobStore>,
  count: () => Promise<number>,
): void {
  const never = new AbortController().signal;

  describe(name, () => {
    it('gives back what was put in, however it was chunked', async () => {
      const store = await make();
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }), async (chunks) => {
          const { sha256, sizeBytes } = await store.put(streamOf(chunks));
          const whole = Buffer.concat(chunks);
          expect(sizeBytes).toBe(whole.length);
          expect(sha256).toBe(createHash('sha256').update(whole).digest('hex'));
          expect(await read(store.open(sha256, never))).toEqual(whole);
        }),
        { numRuns: 30 },
      );
    });

    it('keeps large bodies whole', async () => {
      const store = await make();
      const body = randomBytes(9_000_001);
      const { sha256 } = await store.put(streamOf([body.subarray(0, 5_000_000), body.subarray(5_000_000)]));
      expect((await read(store.open(sha256, never))).equals(body)).toBe(true);
    });

    it('keeps nothing of a body that breaks off', async () => {
      const store = await make();
      const before = await count();
      const broken = async function* () {
        yield randomBytes(100_000);
        throw new Error('the phone lost its network');
      };
      await expect(store.put(broken())).rejects.toThrow('the phone lost its network');
      expect(await count()).toBe(before);
    });

    it('stores the same content once, also at the same time', async () => {
      const store = await make();
      const before = await count();
      const body = randomBytes(200_000);
      const stored = await Promise.all(Array.from({ length: 8 }, () => store.put(streamOf([body]))));
      expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
      expect(await count()).toBe(before + 1);
    });

    it('says that a blob is missing, and deletes without a fuss', async () => {
      const store = await make();
      const { sha256 } = await store.put(streamOf([randomBytes(10)]));
      expect(await store.has(sha256)).toBe(true);
      await store.delete(sha256);
      await store.delete(sha256);
      expect(await store.has(sha256)).toBe(false);
      await expect(read(store.open(sha256, never))).rejects.toMatchObject({ code: 'blob_missing' });
    });

    it('stops reading when it is told to', async () => {
      const store = await make();
      const { sha256 } = await store.put(streamOf([randomBytes(1_000_000)]));
      const stop = new AbortController();
      const reading = async () => {
        for await (const _ of store.open(sha256, stop.signal)) stop.abort();
      };
      await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
