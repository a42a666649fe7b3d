import { afterAll, beforeAll, describe } from 'vitest';
import { describeBlobStore } from '../store/blob-store-conformance.ts';
import { itKeepsItsPromises } from '../store/s3-faults.ts';
import { TestBucket } from './bucket.ts';

describe('on a second S3', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await TestBucket.make();
  });
  afterAll(() => bucket.remove());

  describeBlobStore(
    'S3BlobStore',
    async () => {
      const store = bucket.open();
      await store.prepare();
      return store;
    },
    async () => (await bucket.everything()).length,
  );
});

describe('an api before a second S3', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await TestBucket.make();
  });
  afterAll(() => bucket.remove());

  itKeepsItsPromises(
    async () => ({
      endpoint: bucket.endpoint,
      open: async (endpoint, silentMs) => bucket.open({ endpoint, deadlines: { silentMs } }),
      everything: () => bucket.everything(),
    }),
    { uploads: 120, silentMs: 2_000, heldMs: 100_000 },
  );
});
