/** A store that is down, slow or half dead must never look like one that has lost the audio. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PART_BYTES as PART } from '../../src/store/blobs/s3/multipart-upload.ts';
import type { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import { startS3Proxy } from '../support/s3-proxy.ts';
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
    const hasty = openStore(s3, { deadlines: { silentMs: 300 } });
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

  it('may be silent before one answer as long as it may be silent at all, and is then asked no second time', async () => {
    const proxy = await startS3Proxy(s3.endpoint, 10_000);
    onTestFinished(() => proxy.close());
    const patient = openStore({ ...s3, endpoint: proxy.endpoint }, { deadlines: { silentMs: 2_000 } });
    let asked = 0;
    const answerAfter = (ms: number) => () => {
      asked++;
      return { kind: 'answer-late', ms } as const;
    };
    proxy.fault = answerAfter(1_400);
    await patient.put(pieces(randomBytes(10)));
    expect(asked).toBe(1);
    proxy.fault = answerAfter(8_000);
    await expect(patient.has('ab'.repeat(16))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the blob store said nothing for 2 s',
    });
    expect(asked).toBe(2);
  });

  it('keeps a large body also when it has lost the answer that says so', async () => {
    const proxy = await startS3Proxy(s3.endpoint, 10_000);
    onTestFinished(() => proxy.close());
    let isLost = false;
    proxy.fault = ({ method, url }) => {
      if (isLost || method !== 'POST' || !url.includes('uploadId')) return null;
      isLost = true;
      return { kind: 'answer-lost' };
    };
    const body = randomBytes(PART + 10);
    const { key } = await openStore({ ...s3, endpoint: proxy.endpoint }).put(pieces(body));
    expect(isLost).toBe(true);
    expect((await read(store.open(key, never))).equals(body)).toBe(true);
  });
});

describe('a store that is full', () => {
  it.each([
    ['507', 507, 'InsufficientStorage', ''],
    ['a quota', 403, 'QuotaExceeded', ''],
    ['the quota of a bucket', 400, 'XMinioAdminBucketQuotaExceeded', 'Bucket quota exceeded'],
    ['a message alone', 403, 'AccessDenied', 'Cannot upload files, storage cap exceeded.'],
  ])('is told apart from one that is away: %s', async (_how, status, code, message) => {
    s3.intercept = ({ method }, response) => {
      if (method === 'PUT') response.writeHead(status).end(errorXml(code, message));
      return method === 'PUT';
    };
    const full = { code: 'storage_full' };
    await expect(store.put(pieces(randomBytes(10)))).rejects.toMatchObject(full);
    await expect(store.put(pieces(randomBytes(PART + 10)))).rejects.toMatchObject(full);
    await expect(store.probe()).rejects.toMatchObject(full);
  });

  it.each([
    ['no right', 403, 'AccessDenied'],
    ['too many requests', 503, 'RequestQuotaExceeded'],
  ])('is told apart from %s', async (_what, status, code) => {
    s3.intercept = ({ method }, response) => {
      if (method === 'PUT') response.writeHead(status).end(errorXml(code, ''));
      return method === 'PUT';
    };
    await expect(store.put(pieces(randomBytes(10)))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([10, 1_000_000, PART])(
    'is heard also when it answers before a body of %i bytes is sent, and hangs up',
    async (size) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        // Whoever closes with bytes unread resets the connection, and the other side loses what it was told.
        socket.once('readable', () => {
          const answer = errorXml('QuotaExceeded', '');
          socket.end(
            `HTTP/1.1 403 Forbidden\r\ncontent-length: ${answer.length}\r\nconnection: close\r\n\r\n${answer}`,
            () => socket.destroy(),
          );
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const hangsUp = openStore({ ...s3, endpoint: `http://127.0.0.1:${port}` });
      await expect(hangsUp.put(pieces(randomBytes(size)))).rejects.toMatchObject({ code: 'storage_full' });
    },
  );
});

function errorXml(code: string, message: string): string {
  return `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

type Asked = Parameters<NonNullable<S3Server['intercept']>>[0];
