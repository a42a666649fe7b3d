/** A store that is down, slow or half dead must never look like one that has lost the audio. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { S3BlobStore } from '../../src/store/blobs/s3.ts';
import { PART_BYTES as PART } from '../../src/store/blobs/s3-part.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { BUCKET, never, openStore, pieces, read } from './s3-bodies.ts';

let s3: S3Server;
let store: S3BlobStore;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());
beforeEach(async () => {
  store = openStore(s3);
  await store.prepare();
});
afterEach(async () => {
  s3.intercept = null;
  await s3.start();
});

describe('an outage', () => {
  it('is told at every door, and ends', async () => {
    const body = randomBytes(1000);
    const { key } = await store.put(pieces(body));
    await s3.stop();
    const unavailable = { code: 'unavailable' };
    await expect(store.put(pieces(randomBytes(10)))).rejects.toMatchObject(unavailable);
    await expect(store.put(pieces(randomBytes(PART + 10)))).rejects.toMatchObject(unavailable);
    await expect(read(store.open(key, never))).rejects.toMatchObject(unavailable);
    await expect(store.has(key)).rejects.toMatchObject(unavailable);
    await expect(store.delete(key)).rejects.toMatchObject(unavailable);
    await expect(store.prepare()).rejects.toMatchObject(unavailable);
    await s3.start();
    expect(await store.has(key)).toBe(true);
    expect(await read(store.open(key, never))).toEqual(body);
  });

  it('in the middle of an upload acknowledges nothing, and the retry works', async () => {
    const body = randomBytes(3 * PART);
    const unplugged = async function* () {
      yield body.subarray(0, PART + 1);
      yield body.subarray(PART + 1, 2 * PART + 1);
      await s3.stop();
      yield body.subarray(2 * PART + 1);
    };
    const before = await s3.keys(BUCKET);
    await expect(store.put(unplugged())).rejects.toMatchObject({ code: 'unavailable' });
    expect(await s3.keys(BUCKET)).toEqual(before);
    await s3.start();
    const { key } = await store.put(pieces(body));
    expect((await read(store.open(key, never))).equals(body)).toBe(true);
  });

  it('in the middle of reading is told, and short enough is not even noticed', async () => {
    const body = randomBytes(4 * PART);
    const { key } = await store.put(pieces(body));
    const reading = store.open(key, never);
    await reading.next();
    await s3.stop();
    await expect(read(reading)).rejects.toMatchObject({ code: 'unavailable' });

    await s3.start();
    const patient = store.open(key, never);
    const first = (await patient.next()).value as Uint8Array;
    await s3.stop();
    await s3.start();
    expect(Buffer.concat([first, await read(patient)]).equals(body)).toBe(true);
  });

  it.each([
    ['kept', PART, ({ method }: Asked) => method === 'PUT'],
    ['completed', PART + 10, ({ method, url = '' }: Asked) => method === 'POST' && url.includes('uploadId')],
  ])('while a body should be %s leaves nothing behind', async (_when, size, isThis) => {
    const everything = async () => [await s3.keys(BUCKET), await s3.unfinishedUploads(BUCKET)];
    const before = await everything();
    s3.intercept = (request, response) => {
      if (isThis(request)) response.writeHead(503).end();
      return isThis(request);
    };
    await expect(store.put(pieces(randomBytes(size)))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await everything()).toEqual(before);
  });
});

describe('a store that is half dead', () => {
  it('gets a second chance when it stumbles', async () => {
    let refusals = 2;
    s3.intercept = (_request, response) => {
      if (refusals-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    };
    await expect(store.put(pieces(randomBytes(10)))).resolves.toBeDefined();
  });

  it('is not waited for when it takes requests and says nothing', async () => {
    s3.intercept = () => true;
    const hasty = openStore(s3, { deadlines: { idleMs: 300 } });
    const startedAt = performance.now();
    await expect(hasty.put(pieces(randomBytes(PART)))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(hasty.has('ab'.repeat(32))).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('is not believed when somebody else says 404', async () => {
    s3.intercept = (_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nothing here</html>');
      return true;
    };
    await expect(read(store.open('ab'.repeat(32), never))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.has('ab'.repeat(32))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is told apart from one that is full', async () => {
    s3.intercept = ({ method }, response) => {
      if (method === 'PUT') response.writeHead(507).end();
      return method === 'PUT';
    };
    await expect(store.put(pieces(randomBytes(10)))).rejects.toMatchObject({ code: 'storage_full' });
  });
});

type Asked = Parameters<NonNullable<S3Server['intercept']>>[0];
