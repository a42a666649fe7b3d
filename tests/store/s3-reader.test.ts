/** Who reads slowly, stops early or is told to stop. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PART_BYTES as PART } from '../../src/store/blobs/s3/multipart-upload.ts';
import type { S3BlobStore } from '../../src/store/blobs/s3/store.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { never, openStore, pieces, read } from './s3-bodies.ts';

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
});

describe('a reader', () => {
  it('may pause for longer than a connection may be silent', async () => {
    const body = randomBytes(3 * PART);
    const { key } = await store.put(pieces(body));
    const from: unknown[] = [];
    s3.intercept = ({ headers }) => from.push(headers.range) < 0;
    const reading = openStore(s3, { deadlines: { silentMs: 1_000 } }).open(key, never);
    const first = (await reading.next()).value as Uint8Array;
    await sleep(3_000);
    expect(Buffer.concat([first, await read(reading)]).equals(body)).toBe(true);
    expect(from).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it.each(['stops early', 'is told to stop'])('that %s frees the connection', async (how) => {
    const { key } = await store.put(pieces(randomBytes(4 * PART)));
    const closed = Promise.withResolvers<void>();
    s3.intercept = (_request, response) => {
      response.on('close', () => closed.resolve());
      return false;
    };
    const stop = new AbortController();
    const reading = store.open(key, stop.signal);
    await reading.next();
    if (how === 'stops early') await reading.return(undefined);
    else {
      stop.abort(new Error('why'));
      await expect(reading.next()).rejects.toMatchObject({ name: 'AbortError', cause: stop.signal.reason });
    }
    await closed.promise;
  });

  it('that was told to stop before it began asks for nothing', async () => {
    s3.intercept = () => expect.fail();
    await expect(read(store.open('ab'.repeat(32), AbortSignal.abort()))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
