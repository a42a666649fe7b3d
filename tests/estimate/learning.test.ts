/** From rows and events to what a person is told, on a real database. */

import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { expectedColumns, expectedOfRecordings, expectedOfUpload } from '../../src/estimate/expected.ts';
import { startLearning } from '../../src/estimate/learn.ts';
import { readLoad, tellPlaces } from '../../src/estimate/load.ts';
import { noteRecording } from '../../src/events/note.ts';
import { transact } from '../../src/store/announcements.ts';
import type { Database } from '../../src/store/database.ts';
import { until } from '../engine/fixtures/scene.ts';
import { databaseForTest, log } from '../support/database.ts';

async function worker(db: Database, places: number): Promise<void> {
  await sql`INSERT INTO afterword_engine.executors (id, host, pid) VALUES ('w1', 'here', 1)`.execute(db);
  await sql`INSERT INTO afterword_engine.heartbeats (executor_id, beat_at) VALUES ('w1', clock_timestamp() + interval '1 hour')`.execute(
    db,
  );
  await tellPlaces(db, { executorId: 'w1', places, understandPlaces: 4, quietMs: 10_000 });
}

async function recordings(db: Database, count: number): Promise<void> {
  await db
    .insertInto('users')
    .values({ id: 'ada', created_at_ms: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  await sql`
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms, accepted_at_ms,
                            outcome, lane, due_at_ms, charged_ms)
      SELECT 'rec_' || n, 'ada', 'sha' || n, 180000, 'a', 'phone', 'omi', n::bigint * 60000, 1000, 'waiting', 'fresh', n::bigint * 60000, 60000
        FROM generate_series(1, ${count}::int) AS n`.execute(db);
}

test('of a line of 20,000 a few hundred points are read, and each recording is told its place', async () => {
  const { db } = await databaseForTest();
  await recordings(db, 20_000);
  await worker(db, 9);
  const startedAt = performance.now();
  const load = await readLoad(db);
  const tookMs = performance.now() - startedAt;
  expect(load).toMatchObject({ places: 9, quietMs: 10_000 });
  expect(load.lanes.fresh.waiting).toBe(20_000);
  expect(load.lanes.fresh.line.length).toBeLessThan(500);
  const rows = await db
    .selectFrom('recordings')
    .select(expectedColumns)
    .where('id', 'in', ['rec_7', 'rec_15001'])
    .execute();
  const expected = await expectedOfRecordings(db, rows);
  const placeOf = (id: string) => expected(rows.find((row) => row.id === id) as never)?.place;
  expect(placeOf('rec_7')).toBe(7);
  expect(Math.abs((placeOf('rec_15001') ?? 0) - 15_001)).toBeLessThan(100);
  log.info({ tookMs }, 'the line was read');
});

test('what a stage took is learned from its events, and then a time is told, with how far such times were off', async () => {
  const { db } = await databaseForTest();
  await recordings(db, 2);
  await worker(db, 1);
  const learning = startLearning({ db, log });
  onTestFinished(() => learning.stop());
  const change = async (id: string, to: Record<string, unknown>, isNew = false) =>
    await transact(db, async (tx) => {
      await tx.updateTable('recordings').set(to).where('id', '=', id).execute();
      noteRecording(tx, 'ada', id, isNew ? 'accepted' : undefined);
    });
  const rows = async () => await db.selectFrom('recordings').select(expectedColumns).orderBy('id').execute();
  const told = async (id = 'rec_1') => {
    const row = (await rows()).find((one) => one.id === id);
    return row && (await expectedOfRecordings(db, [row]))(row);
  };
  expect(await told()).toMatchObject({
    stage: 'queued',
    place: 1,
    // What is usual elsewhere, until it is known how it is here.
    doneAtMs: expect.any(Number),
    usualError: null,
    unknown: null,
  });
  const wordsRate = async () =>
    (await db.selectFrom('stage_rates').select('learned').where('stage', '=', 'words').executeTakeFirst())
      ?.learned;
  for (const id of ['rec_1', 'rec_2']) {
    await change(id, { name: 'a' }, true);
    await until(
      'it is noted',
      async () =>
        (await db.selectFrom('stage_begins').select('stage').where('subject', '=', id).execute()).length ===
        2,
    );
    await change(id, { outcome: 'processing' });
    await change(id, { duration_ms: 60_000, heard_ms: 60_000 });
    await change(id, { outcome: 'completed', finished_at_ms: Date.now() });
    const least = id === 'rec_1' ? 0 : 1;
    await until('its stages are learned', async () => ((await wordsRate())?.weight ?? 0) > least);
    // What all estimates share is read again after a moment.
    if (id === 'rec_1') await until('a new look', async () => (await told('rec_2'))?.usualError != null);
  }
  const rates = await db.selectFrom('stage_rates').select('stage').execute();
  expect(new Set(rates.map(({ stage }) => stage))).toEqual(
    new Set(['queued', 'transcribing', 'placing', 'words']),
  );
  // Both were estimated, the first by what is usual elsewhere.
  expect((await wordsRate())?.judged).toBeCloseTo(2, 1);
  await db
    .updateTable('recordings')
    .set({ outcome: 'waiting', finished_at_ms: null, duration_ms: null, heard_ms: 0 })
    .where('id', '=', 'rec_1')
    .execute();
  await until('a new look', async () => (await told())?.usualError != null);
  const expected = await told();
  expect(expected).toMatchObject({ stage: 'queued', place: 1, share: 0, usualError: expect.any(Number) });
  expect(expected?.earliestAtMs).toBeLessThanOrEqual(expected?.doneAtMs ?? 0);
  expect(expected?.latestAtMs).toBeGreaterThanOrEqual(expected?.doneAtMs ?? 0);
  const [first] = await rows();
  if (!first) throw new Error('there is no recording');
  expect(
    await expectedOfUpload(db, 'ada', { acceptedAtMs: 1_000, rows: await rows(), unsettled: [] }),
  ).toMatchObject({ share: 0.5, place: 1, doneAtMs: expect.any(Number), unknown: null });
});
