/** Audio and words go when they are older than their person keeps them, and nothing goes by itself. */
import { expect, it, onTestFinished } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { removeWhatIsTooOld } from '../../src/pipeline/retention.ts';
import { readerOf } from '../../src/store/database.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startPlacer, timelineOf } from '../support/timeline.ts';

const DAY_MS = 86_400_000;

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await placer.stop();
    await lease.release();
  });
  const context = { db: readerOf(db), lease, log, quietMs: 0 };
  const hear = async (id: string, userId: string, daysOld: number, arrivedDaysAgo = daysOld) => {
    const startedAtMs = Date.now() - daysOld * DAY_MS;
    await placer.place({
      id,
      userId,
      microphone: 'omi',
      startedAtMs,
      words: [{ atS: 0, forS: 5, text: `words of ${id}` }],
    });
    await db
      .updateTable('recordings')
      .set({ accepted_at_ms: Date.now() - arrivedDaysAgo * DAY_MS })
      .where('id', '=', id)
      .execute();
  };
  const keepFor = async (userId: string, days: number | null) => {
    const row = { retention_days: days, other_languages: false, updated_at_ms: 0 };
    await db
      .insertInto('person_settings')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
      .execute();
  };
  return { db, context, hear, keepFor };
}

it('removes what is older, with its words, and leaves what is younger or somebody else’s', async () => {
  const { db, context, hear, keepFor } = await scene();
  await hear('old', 'ada', 40);
  await hear('young', 'ada', 20);
  await hear('came-late', 'ada', 90, 10);
  await hear('bens', 'ben', 400);
  await keepFor('ada', 30);
  await db.insertInto('blobs').values({ sha256: 'old', stored_at_ms: 0, object_key: 'key-of-old' }).execute();

  expect(await removeWhatIsTooOld(context)).toBe(1);

  expect(await timelineOf(db, 'ada')).toEqual(['words of came-late', 'words of young']);
  expect(await timelineOf(db, 'ben')).toEqual(['words of bens']);
  expect(await db.selectFrom('recordings').select('id').where('outcome', '=', 'deleted').execute()).toEqual([
    { id: 'old' },
  ]);
  expect(await db.selectFrom('objects_to_free').select('key').execute()).toEqual([{ key: 'key-of-old' }]);
  expect(await removeWhatIsTooOld(context)).toBe(0);
});

it('removes nothing of people who have not asked for it, or have gone back', async () => {
  const { context, db, hear, keepFor } = await scene();
  await hear('old', 'ada', 4000);
  expect(await removeWhatIsTooOld(context)).toBe(0);
  await keepFor('ada', 30);
  await keepFor('ada', null);
  expect(await removeWhatIsTooOld(context)).toBe(0);
  expect(await timelineOf(db, 'ada')).toEqual(['words of old']);
});

it('leaves what is still worked on: what was accepted is finished first', async () => {
  const { context, db, hear, keepFor } = await scene();
  await hear('old', 'ada', 40);
  await db.updateTable('recordings').set({ outcome: 'waiting', finished_at_ms: null }).execute();
  await keepFor('ada', 30);
  expect(await removeWhatIsTooOld(context)).toBe(0);
});

it('writes nothing for a worker whose lease is lost', async () => {
  const { context, db, hear, keepFor } = await scene();
  await hear('old', 'ada', 40);
  await keepFor('ada', 30);
  await context.lease.release();
  await expect(removeWhatIsTooOld(context)).rejects.toThrow();
  expect(await timelineOf(db, 'ada')).toEqual(['words of old']);
});
