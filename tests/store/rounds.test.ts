import { expect, it, onTestFinished } from 'vitest';
import { newKey } from '../../src/store/blobs/blob-store.ts';
import { startFreeing } from '../../src/store/blobs/freeing.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startS3Server } from '../support/s3-server.ts';
import { openStore } from './s3-bodies.ts';

it('a stop does not wait for a store that says nothing, and what is listed stays listed', async () => {
  const { db } = await databaseForTest();
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  const blobs = openStore(s3);
  onTestFinished(() => blobs.close());
  await blobs.prepare();
  await db.insertInto('objects_to_free').values({ key: newKey(), listed_at_ms: Date.now() }).execute();
  const asked = Promise.withResolvers<void>();
  s3.intercept = () => {
    asked.resolve();
    return true;
  };
  const freeing = startFreeing({ db, blobs, log });
  await asked.promise;
  // Without it this would take as long as a silence may: longer than this test.
  await freeing.stop();
  const rows = await db.selectFrom('objects_to_free').select('freed_at_ms').execute();
  expect(rows).toEqual([{ freed_at_ms: null }]);
});
