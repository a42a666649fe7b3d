import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { enqueueIngest } from '../../src/intake/enqueue.ts';
import { notifyChange } from '../../src/store/changes.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { until } from '../engine/fixtures/scene.ts';
import { databaseForTest } from '../support/database.ts';
import { recordStatements } from '../support/statements.ts';

async function listening() {
  const { db, databaseUrl } = await databaseForTest();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const heard: string[] = [];
  client.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await client.query('LISTEN afterword_changes; LISTEN afterword_work');
  return { db, heard };
}

it('A transaction that is rolled back announces nothing, and one that commits announces each person once', async () => {
  const { db, heard } = await listening();
  const failed = inTransaction(db, async (tx) => {
    notifyChange(tx, 'ada');
    throw new Error('it fails after all');
  });
  await expect(failed).rejects.toThrow('it fails after all');
  await inTransaction(db, async (tx) => {
    for (const who of ['bo', 'bo', 'cy']) notifyChange(tx, who);
  });
  await until('the announcement', async () => heard.length === 2);
  expect(heard.sort()).toEqual(['bo', 'cy']);
});

it('A transaction that is run again announces only what its last run noted', async () => {
  const { db, heard } = await listening();
  let runs = 0;
  await inTransaction(db, async (tx) => {
    notifyChange(tx, `run ${++runs}`);
    if (runs === 1) throw Object.assign(new Error('a deadlock'), { code: '40P01' });
  });
  await until('the announcement', async () => heard.length > 0);
  expect(heard).toEqual(['run 2']);
});

it('No announcement is made within a transaction, and many at once are few statements', async () => {
  const { db, heard } = await listening();
  const statements = recordStatements();
  const people = Array.from({ length: 50 }, (_, i) => `person ${i}`);
  await Promise.all(people.map((who) => inTransaction(db, async (tx) => notifyChange(tx, who))));
  await until('every announcement', async () => heard.length === people.length);
  const announcements = statements.filter(({ text }) => /notify/i.test(text));
  expect(announcements.filter(({ isInTransaction }) => isInTransaction)).toEqual([]);
  // Five connections: while one announces, no more than four can commit.
  expect(announcements.length).toBeLessThan(people.length);
});

it('Queued work is announced by its queue, unless it has to wait first', async () => {
  const { db, heard } = await listening();
  const next = { attempt: 1, dueAtMs: 0 };
  await inTransaction(db, async (tx) => {
    await enqueueIngest(tx, { ...next, recordingId: 'later', lane: 'backfill' }, 1_000);
    await enqueueIngest(tx, { ...next, recordingId: 'now', lane: 'fresh' });
    await enqueueIngest(tx, { ...next, recordingId: 'also now', lane: 'fresh' });
  });
  await until('the announcement', async () => heard.length > 0);
  expect(heard).toEqual(['ingest-fresh']);
});

it('What a transaction of unknown origin announces is an error, as it would never be told', async () => {
  const { db } = await databaseForTest();
  const unknown = db.transaction().execute(async (tx) => notifyChange(tx, 'ada'));
  await expect(unknown).rejects.toThrow('was not opened by `transact`');
});

it('One place in the source notifies', async () => {
  const files = (await readdir('src', { recursive: true })).filter((name) => /\.(ts|sql)$/.test(name));
  const found: string[] = [];
  for (const name of files) {
    const text = await readFile(`src/${name}`, 'utf8');
    if (/pg_notify\(|NOTIFY \w+,/i.test(text)) found.push(name);
  }
  expect(found).toEqual(['store/announcements.ts']);
});
