/** The engine's rows of work that is over, or of what was deleted. */
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { deleteFinishedWork } from '../../src/engine/internals.ts';
import { enqueueIngest } from '../../src/intake/enqueue.ts';
import { startForgettingWork } from '../../src/serve/engine-rows.ts';
import { type Database, queryable } from '../../src/store/database.ts';
import { forgetWorkAbout } from '../../src/store/forgotten-work.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { until } from '../engine/fixtures/scene.ts';
import { databaseForTest, log } from '../support/database.ts';
import { storedRecording } from '../support/stored-recording.ts';

const DAY_MS = 86_400_000;

async function work(db: Database, id: string, state: string, ageMs = 0): Promise<void> {
  await inTransaction(db, (tx) =>
    enqueueIngest(tx, { recordingId: id, attempt: 1, lane: 'fresh', dueAtMs: 0 }),
  );
  await sql`
    UPDATE dbos.workflow_status SET status = ${state}, created_at = created_at - ${ageMs},
           updated_at = updated_at - ${ageMs}
     WHERE workflow_uuid = ${`ingest:${id}:1`}`.execute(db);
  await sql`INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, output)
    VALUES (${`ingest:${id}:1`}, 0, 'hear', '{}')`.execute(db);
}

async function left(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT split_part(workflow_uuid, ':', 2) AS id FROM dbos.workflow_status ORDER BY 1`.execute(db);
  return rows.map(({ id }) => id);
}

it('finished work is forgotten after its time, with its steps, and what is on its way never', async () => {
  const { db } = await databaseForTest();
  await work(db, 'old', 'SUCCESS', 8 * DAY_MS);
  await work(db, 'old-error', 'ERROR', 8 * DAY_MS);
  await work(db, 'young', 'SUCCESS', 6 * DAY_MS);
  for (const state of ['ENQUEUED', 'PENDING', 'DELAYED']) await work(db, `old-${state}`, state, 8 * DAY_MS);
  const forgetting = startForgettingWork({ db, log, keepMs: 7 * DAY_MS, keepEventsMs: 30 * DAY_MS }, 10);
  onTestFinished(() => forgetting.stop());
  await until('the old rows to go', async () => (await left(db)).length === 4);
  expect(await left(db)).toEqual(['old-DELAYED', 'old-ENQUEUED', 'old-PENDING', 'young'].sort());
  const { rows } = await sql`SELECT 1 FROM dbos.operation_outputs`.execute(db);
  expect(rows).toHaveLength(4);
});

it('what cannot be deleted keeps nothing else from being deleted', async () => {
  const { db } = await databaseForTest();
  await work(db, 'old', 'SUCCESS', 8 * DAY_MS);
  await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`.execute(
    db,
  );
  await sql`CREATE TRIGGER refuse BEFORE DELETE ON dbos.workflow_status FOR EACH ROW EXECUTE FUNCTION refuse()`.execute(
    db,
  );
  const { id: recording_id, user_id } = await storedRecording(db);
  const call = { recording_id, user_id, kind: 'transcribe' as const, attempt: 1, provider: 'p', model: 'm' };
  await db
    .insertInto('provider_calls')
    .values({ ...call, piece_ordinal: 0, started_at_ms: Date.now() - 8 * DAY_MS })
    .execute();
  const forgetting = startForgettingWork({ db, log, keepMs: 7 * DAY_MS, keepEventsMs: 30 * DAY_MS }, 10);
  onTestFinished(() => forgetting.stop());
  const calls = async () => await db.selectFrom('provider_calls').select('id').execute();
  await until('the old call to go', async () => (await calls()).length === 0);
  expect(await left(db)).toEqual(['old']);
});

it('no statement takes more rows than it is told, the oldest first', async () => {
  const { db } = await databaseForTest();
  for (const age of [9, 10, 11]) await work(db, `of-${age}`, 'SUCCESS', age * DAY_MS);
  expect(await deleteFinishedWork(queryable(db), 7 * DAY_MS, 2)).toBe(2);
  expect(await left(db)).toEqual(['of-9']);
});

it('the rows of what is deleted go at once, and that of work under way as soon as it has ended', async () => {
  const { db } = await databaseForTest();
  for (const state of ['SUCCESS', 'ENQUEUED', 'DELAYED', 'PENDING']) await work(db, state, state);
  await work(db, 'other', 'SUCCESS');
  await db
    .transaction()
    .execute((tx) => forgetWorkAbout(tx, ['SUCCESS', 'ENQUEUED', 'DELAYED', 'PENDING', 'of nobody']));
  expect(await left(db)).toEqual(['PENDING', 'other']);
  const forgetting = startForgettingWork({ db, log, keepMs: 7 * DAY_MS, keepEventsMs: 30 * DAY_MS }, 10);
  onTestFinished(() => forgetting.stop());
  await sql`UPDATE dbos.workflow_status SET status = 'SUCCESS' WHERE status = 'PENDING'`.execute(db);
  await until('the row under way to go', async () => (await left(db)).length === 1);
  await until(
    'nothing more to wait for',
    async () => (await db.selectFrom('forgotten_work').selectAll().execute()).length === 0,
  );
  expect(await left(db)).toEqual(['other']);
});
