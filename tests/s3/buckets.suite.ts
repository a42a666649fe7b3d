/** Buckets as operators have them: full, versioned, with few rights, under a name of their own, and removed. */
import { randomBytes } from 'node:crypto';
import dns from 'node:dns';
import { Writable } from 'node:stream';
import { PutBucketPolicyCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PART_BYTES as PART } from '../../src/store/blobs/s3/multipart-upload.ts';
import { never, pieces, read } from '../store/s3-bodies.ts';
import { formOf, NAME, startApi } from '../support/api.ts';
import { startS3Proxy } from '../support/s3-proxy.ts';
import { TestBucket } from './bucket.ts';
import { cephAdmin, keysOf, VIRTUAL_HOST } from './ceph.ts';

/** Where accounts and quotas can be set. */
const CEPH = process.env.S3_TEST_CEPH;
const unavailable = { code: 'unavailable' };

async function bucketForTest(): Promise<TestBucket> {
  const bucket = await TestBucket.make();
  onTestFinished(() => bucket.remove());
  return bucket;
}

async function accountWith(bucket: TestBucket, rights: { ofBucket: string[]; ofObjects: string[] }) {
  const credentials = { accessKeyId: randomBytes(8).toString('hex'), secretAccessKey: 'narrow' };
  const account = `narrow-${credentials.accessKeyId}`;
  await cephAdmin(
    CEPH ?? '',
    'user',
    'create',
    `--uid=${account}`,
    '--display-name=x',
    ...keysOf(credentials),
  );
  const allow = (Action: string[], Resource: string) => ({
    Effect: 'Allow',
    Principal: { AWS: [`arn:aws:iam:::user/${account}`] },
    Action: Action.map((action) => `s3:${action}`),
    Resource: [Resource],
  });
  const Statement = [
    ...(rights.ofBucket.length > 0 ? [allow(rights.ofBucket, `arn:aws:s3:::${bucket.name}`)] : []),
    allow(rights.ofObjects, `arn:aws:s3:::${bucket.name}/*`),
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await bucket.client.send(new PutBucketPolicyCommand({ Bucket: bucket.name, Policy }));
  return credentials;
}

const OBJECTS = ['GetObject', 'PutObject', 'DeleteObject', 'AbortMultipartUpload'];

describe('a bucket', () => {
  it('may answer after 40 s, and is asked once', async () => {
    const bucket = await bucketForTest();
    const proxy = await startS3Proxy(bucket.endpoint, 60_000);
    onTestFinished(() => proxy.close());
    let asked = 0;
    proxy.fault = () => {
      asked++;
      return { kind: 'answer-late', ms: 40_000 };
    };
    const { key } = await bucket.open({ endpoint: proxy.endpoint }).put(pieces(randomBytes(1_000)));
    expect(asked).toBe(1);
    expect(await bucket.open().has(key)).toBe(true);
  });

  it.skipIf(!CEPH)(
    'whose quota is reached is full: for each body, for health, and for whoever uploads',
    async () => {
      const bucket = await bucketForTest();
      const store = bucket.open();
      await store.put(pieces(randomBytes(300_000)));
      const quota = ['--quota-scope=bucket', `--bucket=${bucket.name}`];
      await cephAdmin(CEPH ?? '', 'quota', 'set', ...quota, '--max-size=310000');
      await cephAdmin(CEPH ?? '', 'quota', 'enable', ...quota);
      for (const size of [100_000, 3_000_000, PART + 10])
        await expect(store.put(pieces(randomBytes(size)))).rejects.toMatchObject({ code: 'storage_full' });
      const api = await startApi({}, undefined, undefined, store);
      expect(await (await fetch(`${api.url}/health`)).json()).toMatchObject({
        storage: 'full',
        ready: false,
      });
      const body = formOf({ [NAME]: randomBytes(100_000) });
      const answer = await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body });
      expect(answer.status).toBe(507);
      expect(await answer.json()).toMatchObject({ code: 'storage_full' });
      expect((await bucket.everything()).length).toBe(1);
    },
  );

  it('that keeps versions is used, and the log says that deleted audio stays in it', async () => {
    const bucket = await bucketForTest();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await bucket.client.send(
      new PutBucketVersioningCommand({ Bucket: bucket.name, VersioningConfiguration }),
    );
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => done(void lines.push(String(chunk)) as never),
    });
    const store = bucket.open();
    await store.prepare(pino({}, sink));
    expect(lines.join()).toMatch(/keeps versions: audio that is deleted stays there/);
    const { key } = await store.put(pieces(randomBytes(1_000)));
    await store.delete(key);
    expect(await store.has(key)).toBe(false);
    await expect(read(store.open(key, never))).rejects.toMatchObject({ code: 'blob_missing' });
    expect((await store.list(null)).objects).toEqual([]);
    expect(await bucket.versions()).toHaveLength(1);
  });

  it.skipIf(!CEPH)('without the right to list is refused at the start, in words', async () => {
    const bucket = await bucketForTest();
    const credentials = await accountWith(bucket, { ofBucket: [], ofObjects: OBJECTS });
    await expect(bucket.open({ credentials }).prepare()).rejects.toThrow(
      new RegExp(`refuses these credentials for the bucket "${bucket.name}" at .*: they need to list it`),
    );
  });

  it.skipIf(!CEPH)('needs no rights but those that are documented', async () => {
    const bucket = await bucketForTest();
    const ofBucket = ['ListBucket', 'ListBucketMultipartUploads'];
    const store = bucket.open({ credentials: await accountWith(bucket, { ofBucket, ofObjects: OBJECTS }) });
    await store.prepare();
    await store.probe();
    await store.setOwner('me');
    expect(await store.owner()).toBe('me');
    const large = randomBytes(PART + 10);
    const { key } = await store.put(pieces(large));
    expect((await read(store.open(key, never))).equals(large)).toBe(true);
    expect((await store.list(null)).objects).toHaveLength(1);
    const broken = async function* () {
      yield large;
      for (const one of await store.listUnfinished()) await store.dropUnfinished(one);
      throw new Error('its process died');
    };
    await expect(store.put(broken())).rejects.toThrow('its process died');
    await store.delete(key);
    expect(await store.has(key)).toBe(false);
    expect(await bucket.everything()).toEqual(['owner']);
  });

  it.skipIf(!CEPH)('can be part of the address', async () => {
    const bucket = await bucketForTest();
    const asked: string[] = [];
    const lookup = dns.lookup;
    onTestFinished(() => {
      dns.lookup = lookup;
    });
    // What a wildcard in the DNS does.
    dns.lookup = Object.assign(
      (host: string, options: dns.LookupOptions, done: (...found: unknown[]) => void) => {
        asked.push(host);
        if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
        else done(null, '127.0.0.1', 4);
      },
    ) as typeof dns.lookup;
    const endpoint = `http://${VIRTUAL_HOST}:${new URL(bucket.endpoint).port}`;
    const store = bucket.open({ endpoint, forcePathStyle: false });
    await store.prepare();
    const body = randomBytes(PART + 10);
    const { key } = await store.put(pieces(body));
    expect((await read(store.open(key, never))).equals(body)).toBe(true);
    expect(new Set(asked)).toEqual(new Set([`${bucket.name}.${VIRTUAL_HOST}`]));
  });

  it('that is removed while it is used loses nothing that was not in it, and is used again when it is back', async () => {
    const bucket = await bucketForTest();
    const store = bucket.open();
    await store.prepare();
    const { key } = await store.put(pieces(randomBytes(1_000)));
    await bucket.remove();
    await expect(store.put(pieces(randomBytes(1_000)))).rejects.toMatchObject(unavailable);
    await expect(store.put(pieces(randomBytes(PART + 10)))).rejects.toMatchObject(unavailable);
    await expect(read(store.open(key, never))).rejects.toMatchObject(unavailable);
    await expect(store.has(key)).rejects.toMatchObject(unavailable);
    await expect(store.delete(key)).rejects.toMatchObject(unavailable);
    await expect(store.list(null)).rejects.toMatchObject(unavailable);
    await expect(store.probe()).rejects.toMatchObject(unavailable);
    await bucket.make();
    await expect(read(store.open(key, never))).rejects.toMatchObject({ code: 'blob_missing' });
    const again = await store.put(pieces(randomBytes(1_000)));
    expect(await store.has(again.key)).toBe(true);
  });
});
