/** Rows of calls: those that the version before has left and goes on writing, and when they go. */
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { deleteOldCalls } from '../../src/store/old-calls.ts';
import { readCalls } from '../../src/views/calls.ts';
import { databaseForTest, emptyDatabaseForTest } from '../support/database.ts';

const FOLDER = new URL('../../src/store/migrations/', import.meta.url);
const MIGRATION = '0028-one-row-a-call.sql';
const RECORDING = `
  INSERT INTO users (id, created_at_ms) VALUES ('ada', 0), ('bob', 0);
  INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, accepted_at_ms, outcome)
    VALUES ('rec', 'ada', 'x', 9, 'a.bin', 'phone', 'omi', 5, 'completed');`;
/** As the version before writes it: first the question, then what came of it. */
const OF_BEFORE = `
  INSERT INTO provider_calls (recording_id, piece_ordinal, provider, model, started_at_ms)
    VALUES ('rec', 0, 'deepgram', 'nova', 1000), ('rec', 1, 'deepgram', 'nova', 2000);
  UPDATE provider_calls SET finished_at_ms = 1900, outcome = 'answered', provider = 'openai', model = 'whisper', calls = '[
      {"provider":"deepgram","model":"nova","outcome":"upstream","round":0,"link":0,"startedAtMs":1000,"tookMs":100},
      {"provider":"openai","model":"whisper","outcome":"answered","round":0,"link":1,"startedAtMs":1200,"tookMs":700}]'
    WHERE piece_ordinal = 0;`;

it('what the version before has written, and writes while it still runs, is read as one row a call', async () => {
  const { db } = await emptyDatabaseForTest();
  const run = async (name: string) =>
    void (await sql.raw(await readFile(new URL(name, FOLDER), 'utf8')).execute(db));
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of names.filter((each) => each < MIGRATION)) await run(name);
  await sql.raw(RECORDING + OF_BEFORE).execute(db);
  await run(MIGRATION);
  const calls = async () =>
    await db
      .selectFrom('outside_calls')
      .select(['kind', 'user_id', 'piece_ordinal', 'provider', 'outcome', 'code', 'link'])
      .select(['started_at_ms', 'finished_at_ms'])
      .orderBy('id')
      .orderBy('link')
      .execute();
  const piece = { kind: 'transcribe', user_id: 'ada', piece_ordinal: 0 };
  const failed = { ...piece, provider: 'deepgram', outcome: 'error', code: 'upstream', link: 0 };
  const answered = { ...piece, provider: 'openai', outcome: 'answered', code: null, link: 1 };
  const begun = { ...piece, piece_ordinal: 1, provider: 'deepgram', outcome: null, code: null, link: 0 };
  const expected = [
    { ...failed, started_at_ms: 1000, finished_at_ms: 1100 },
    { ...answered, started_at_ms: 1200, finished_at_ms: 1900 },
    { ...begun, started_at_ms: 2000, finished_at_ms: null },
  ];
  expect(await calls()).toEqual(expected);
  await sql.raw(OF_BEFORE).execute(db);
  expect(await calls()).toHaveLength(2 * expected.length);
  expect(await readCalls(db, 'ada', 'rec')).toMatchObject([
    { provider: 'deepgram', calls: 4, answered: 0, failed: { upstream: 2 }, unfinished: 2, tookMs: 200 },
    { provider: 'openai', calls: 2, answered: 2, fallbacks: 2, unfinished: 0, tookMs: 1400 },
  ]);
  expect(await readCalls(db, 'bob', 'rec')).toEqual([]);
});

it('a call belongs to a recording or a conversation, and to nothing else', async () => {
  const { db } = await databaseForTest();
  await sql.raw(RECORDING).execute(db);
  const orphan = { kind: 'understand', user_id: 'ada', provider: 'p', model: 'm', started_at_ms: 1 } as const;
  await expect(db.insertInto('provider_calls').values(orphan).execute()).rejects.toThrow('parent');
});

it('calls that began longer ago than finished work is kept are deleted, some at once', async () => {
  const { db } = await databaseForTest();
  await sql.raw(RECORDING).execute(db);
  const nowMs = Date.now();
  const call = { recording_id: 'rec', user_id: 'ada', provider: 'p', model: 'm' };
  const ages = [5000, 4000, 3000, 100];
  await db
    .insertInto('provider_calls')
    .values(ages.map((ageMs) => ({ ...call, started_at_ms: nowMs - ageMs })))
    .execute();
  expect(await deleteOldCalls(db, 2000, 2)).toBe(2);
  expect(await deleteOldCalls(db, 2000, 2)).toBe(1);
  expect(await deleteOldCalls(db, 2000, 2)).toBe(0);
  expect(await db.selectFrom('provider_calls').select('started_at_ms').execute()).toEqual([
    { started_at_ms: nowMs - 100 },
  ]);
});
