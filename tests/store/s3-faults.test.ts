import { describe, onTestFinished } from 'vitest';
import { startS3Server } from '../support/s3-server.ts';
import { BUCKET, openStore } from './s3-bodies.ts';
import { itKeepsItsPromises } from './s3-faults.ts';

describe('an api before s3rver', () => {
  itKeepsItsPromises(
    async () => {
      const s3 = await startS3Server();
      onTestFinished(() => s3.close());
      return {
        endpoint: s3.endpoint,
        open: async (endpoint, silentMs) => {
          const store = openStore({ ...s3, endpoint }, { deadlines: { silentMs } });
          await store.prepare();
          return store;
        },
        everything: async () => [...(await s3.keys(BUCKET)), ...(await s3.unfinishedUploads(BUCKET))],
      };
    },
    { uploads: 30, silentMs: 800, heldMs: 3_000 },
  );
});
