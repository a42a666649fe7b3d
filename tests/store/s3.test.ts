import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PART_BYTES as PART } from '../../src/store/blobs/s3/multipart-upload.ts';
import type { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { describeBlobStore } from './blob-store-conformance.ts';
import { BUCKET, never, openStore, pieces, read } from './s3-bodies.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());

async function prepared(options = {}): Promise<S3BlobStore> {
  const store = openStore(s3, options);
  await store.prepare();
  return store;
}

/** Everything that costs money, unfinished uploads too. */
async function count(): Promise<number> {
  return (await s3.keys(BUCKET)).length + (await s3.unfinishedUploads(BUCKET)).length;
}

describeBlobStore('S3BlobStore', prepared, count);

describe('S3BlobStore', () => {
  it.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1])('keeps %i bytes whole', async (size) => {
    const store = await prepared();
    const body = randomBytes(size);
    const { key, sha256, sizeBytes } = await store.put(pieces(body, 777_777));
    expect(sizeBytes).toBe(size);
    expect(sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect((await read(store.open(key, never))).equals(body)).toBe(true);
    expect(await s3.keys(BUCKET)).toContain(`${key.slice(0, 2)}/${key}`);
    expect(await leftovers()).toEqual([]);
  });

  it('sends a small body in one request', async () => {
    const store = await prepared();
    const body = randomBytes(PART);
    const asked: (string | undefined)[] = [];
    s3.intercept = ({ method }) => asked.push(method) < 0;
    await store.put(pieces(body, PART));
    s3.intercept = null;
    expect(asked).toEqual(['PUT']);
  });

  it('passes over what is not ours in a bucket that is shared', async () => {
    const store = await prepared();
    const { key } = await store.put(pieces(randomBytes(10), 10));
    const foreign = ['readme.txt', 'ab/notes', `zz/${'ab'.repeat(16)}`, `ab/cd/${'ab'.repeat(16)}`];
    for (const name of foreign)
      expect((await fetch(`${s3.endpoint}/${BUCKET}/${name}`, { method: 'PUT', body: 'x' })).ok).toBe(true);
    const listed = (await store.list(null)).objects.map((object) => object.key);
    expect(listed).toContain(key);
    expect(listed).not.toContain('ab'.repeat(16));
    expect(await store.listUnfinished()).toEqual([]);
  });

  it('lets the server compare what arrived, part by part', async () => {
    const store = await prepared();
    const signed: unknown[] = [];
    s3.intercept = ({ method, headers }) =>
      method === 'PUT' && signed.push(headers['x-amz-content-sha256']) < 0;
    const body = randomBytes(PART + 1);
    await store.put(pieces(body, PART));
    s3.intercept = null;
    const hash = (part: Buffer) => createHash('sha256').update(part).digest('hex');
    expect(signed).toEqual([hash(body.subarray(0, PART)), hash(body.subarray(PART))]);
  });

  it('leaves nothing of a large body that breaks off', async () => {
    const store = await prepared();
    const broken = async function* () {
      yield randomBytes(PART * 2 + 5);
      expect(await s3.unfinishedUploads(BUCKET)).toHaveLength(1);
      throw new Error('the phone lost its network');
    };
    const before = await count();
    await expect(store.put(broken())).rejects.toThrow('the phone lost its network');
    expect(await count()).toBe(before);
  });

  it('keeps to its prefix', async () => {
    const store = await prepared({ prefix: 'some/where' });
    const { key } = await store.put(pieces(randomBytes(PART + 1), PART));
    expect(await s3.keys(BUCKET)).toContain(`some/where/${key.slice(0, 2)}/${key}`);
    expect(await store.has(key)).toBe(true);
    expect(await openStore(s3).has(key)).toBe(false);
  });

  it('creates the bucket, also when several start at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => prepared({ bucket: 'brand-new' })));
    expect(await s3.keys('brand-new')).toEqual([]);
  });

  it('says what to mend', async () => {
    const stranger = openStore(s3, { credentials: { accessKeyId: 'stranger', secretAccessKey: 'wrong' } });
    await expect(stranger.prepare()).rejects.toThrow(/refuses these credentials/);
    s3.intercept = ({ method }, response) => {
      response.writeHead(method === 'HEAD' ? 404 : 403).end();
      return true;
    };
    await expect(openStore(s3).prepare()).rejects.toThrow(/does not exist and could not be created/);
    s3.intercept = null;
    await expect(stranger.put(pieces(randomBytes(10), 10))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('names the server and the bucket that it cannot reach at a start', async () => {
    const nowhere = openStore(s3, { endpoint: 'http://127.0.0.1:9', bucket: 'recordings' });
    await expect(nowhere.prepare()).rejects.toThrow(
      'the bucket "recordings" at http://127.0.0.1:9 cannot be used: the blob store failed: ECONNREFUSED',
    );
  });

  it('does not take a lost bucket for lost audio', async () => {
    const store = openStore(s3, { bucket: 'never-made' });
    const key = 'ab'.repeat(16);
    await expect(read(store.open(key, never))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.has(key)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.put(pieces(randomBytes(10), 10))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

async function leftovers(): Promise<string[]> {
  const incoming = (await s3.keys(BUCKET)).filter((key) => key.includes('incoming/'));
  return [...incoming, ...(await s3.unfinishedUploads(BUCKET))];
}
