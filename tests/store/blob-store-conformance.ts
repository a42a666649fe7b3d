/** What every blob store must do, whatever it is made of. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobStore, ListedObject } from '../../src/store/blobs/blob-store.ts';

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
          const { key, sha256, sizeBytes } = await store.put(streamOf(chunks));
          const whole = Buffer.concat(chunks);
          expect(sizeBytes).toBe(whole.length);
          expect(sha256).toBe(createHash('sha256').update(whole).digest('hex'));
          expect(await read(store.open(key, never))).toEqual(whole);
        }),
        { numRuns: 30 },
      );
    });

    it('keeps large bodies whole', async () => {
      const store = await make();
      const body = randomBytes(9_000_001);
      const { key } = await store.put(streamOf([body.subarray(0, 5_000_000), body.subarray(5_000_000)]));
      expect((await read(store.open(key, never))).equals(body)).toBe(true);
    });

    it('gives any part of what was put in', async () => {
      const store = await make();
      const body = randomBytes(300_000);
      const { key } = await store.put(streamOf([body]));
      const place = fc.oneof(
        fc.nat(body.length),
        fc.constantFrom(0, 65_535, 65_536, 65_537, 131_072, 300_000),
      );
      await fc.assert(
        fc.asyncProperty(place, place, async (one, other) => {
          const range = { from: Math.min(one, other), to: Math.max(one, other) };
          const part = await read(store.open(key, never, range));
          expect(part.equals(body.subarray(range.from, range.to))).toBe(true);
        }),
        { numRuns: 30 },
      );
      const tail = await read(store.open(key, never, { from: 299_990, to: 400_000 }));
      expect(tail.equals(body.subarray(299_990))).toBe(true);
      for (const from of [300_000, 300_001, 1_000_000])
        expect(await read(store.open(key, never, { from, to: from + 65_536 }))).toHaveLength(0);
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

    it('stores the same content under another key each time, which does not tell the content', async () => {
      const store = await make();
      const before = await count();
      const body = randomBytes(200_000);
      const stored = await Promise.all(Array.from({ length: 8 }, () => store.put(streamOf([body]))));
      const keys = stored.map(({ key }) => key);
      expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
      expect(new Set(keys).size).toBe(8);
      expect(keys).not.toContain(stored[0]?.sha256);
      expect(await count()).toBe(before + 8);
      await Promise.all(keys.slice(1).map((key) => store.delete(key)));
      expect(await read(store.open(keys[0] ?? '', never))).toEqual(body);
    });

    it('lists what it holds page by page, and what a crash has left of bodies', async () => {
      const store = await make();
      const put = async () => (await store.put(streamOf([randomBytes(100)]))).key;
      const keys = await Promise.all(Array.from({ length: 12 }, put));
      const listed = await listAll(store);
      expect(listed.map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
      for (const { storedAtMs } of listed) expect(Math.abs(Date.now() - storedAtMs)).toBeLessThan(600_000);
      expect(await listAll(store, 5)).toEqual(listed);
      await Promise.all(keys.map((key) => store.delete(key)));
      expect((await listAll(store)).length).toBe(listed.length - keys.length);
      const arriving = async function* () {
        yield randomBytes(6_000_000);
        const unfinished = await store.listUnfinished();
        expect(unfinished.map(({ key }) => key)).toContain('ab'.repeat(16));
        for (const one of unfinished) await store.dropUnfinished(one);
        expect(await store.listUnfinished()).toEqual([]);
        throw new Error('its process died');
      };
      await expect(store.put(arriving(), 'ab'.repeat(16))).rejects.toThrow('its process died');
    });

    it('says that a blob is missing, and deletes without a fuss', async () => {
      const store = await make();
      const { key } = await store.put(streamOf([randomBytes(10)]));
      expect(await store.has(key)).toBe(true);
      await store.delete(key);
      await store.delete(key);
      expect(await store.has(key)).toBe(false);
      await expect(read(store.open(key, never))).rejects.toMatchObject({ code: 'blob_missing' });
    });

    it('stops reading when it is told to', async () => {
      const store = await make();
      const { key } = await store.put(streamOf([randomBytes(1_000_000)]));
      const stop = new AbortController();
      const reading = async () => {
        for await (const _ of store.open(key, stop.signal)) stop.abort();
      };
      await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
}

async function listAll(store: BlobStore, most?: number) {
  const objects: ListedObject[] = [];
  for (let after: string | null = null; ; ) {
    const page = await store.list(after, most);
    objects.push(...page.objects);
    if (page.next === null) return objects;
    after = page.next;
  }
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
