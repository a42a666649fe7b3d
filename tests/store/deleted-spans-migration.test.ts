import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { emptyDatabaseForTest } from '../support/database.ts';

const FOLDER = new URL('../../src/store/migrations/', import.meta.url);
const MIGRATION = '0013-deleted-stays-deleted.sql';

it('what an earlier version has deleted becomes spans and clean tombstones, also while it still runs', async () => {
  const { db } = await emptyDatabaseForTest();
  const run = async (name: string) =>
    void (await sql.raw(await readFile(new URL(name, FOLDER), 'utf8')).execute(db));
  const before = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql') && name < '0010').sort();
  for (const name of before) await run(name);
  await sql
    .raw(`
    INSERT INTO users (id, created_at_ms) VALUES ('ada', 0);
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, codec, started_at_ms,
        accepted_at_ms, outcome, code, heard_ms, timings, finished_at_ms) VALUES
      ('living', 'ada', 'x', 9, 'a.bin', 'phone', 'omi', '{"codec":"opus"}', 1000000, 5, 'completed', null, 7, '{"totalMs":1}', 6),
      ('tomb', 'ada', 'y', 9, '', 'phone', 'omi', '{"codec":"opus"}', null, 5, 'deleted', 'deleted', 7, '{"listenMs":1}', 6);
    INSERT INTO uploads (id, user_id, content_key, accepted_at_ms) VALUES ('u', 'ada', 'k', 5);
    INSERT INTO upload_files VALUES ('u', 0, 'left.bin', 'tomb', false, 'clock_too_old', 'why');
    INSERT INTO provider_calls (recording_id, piece_ordinal, provider, model, started_at_ms) VALUES ('tomb', 0, 'p', 'm', 1);
    INSERT INTO segments (id, recording_id, user_id, device_id, started_at_ms, ended_at_ms, text, provider, model, deleted_at_ms) VALUES
      ('living:0.0', 'living', 'ada', 'phone', 1000000, 1010000, '', 'p', 'm', 77),
      ('living:1.0', 'living', 'ada', 'phone', 1100000, 1110000, '', 'p', 'm', 77),
      ('living:2.0', 'living', 'ada', 'phone', 1300000, 1310000, 'kept', 'p', 'm', null),
      ('living:3.0', 'living', 'ada', 'phone', 1500000, 1510000, '', 'p', 'm', 78);
  `)
    .execute(db);
  await run(MIGRATION);

  const spans = async () =>
    await db
      .selectFrom('deleted_spans')
      .select(['recording_id', 'from_ms', 'to_ms', 'user_id', 'microphone', 'started_at_ms', 'deleted_at_ms'])
      .orderBy('from_ms')
      .execute();
  const living = { recording_id: 'living', user_id: 'ada', microphone: 'omi', started_at_ms: 1_000_000 };
  const deleted = [
    { ...living, from_ms: 0, to_ms: 110_000, deleted_at_ms: 77 },
    { ...living, from_ms: 500_000, to_ms: 510_000, deleted_at_ms: 78 },
  ];
  expect(await spans()).toEqual(deleted);
  expect(await db.selectFrom('segments').select('text').execute()).toEqual([{ text: 'kept' }]);
  expect(await db.selectFrom('provider_calls').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('upload_files').select(['name', 'code', 'reason']).execute()).toEqual([
    { name: '', code: null, reason: null },
  ]);
  expect(
    await db.selectFrom('recordings').selectAll().where('id', '=', 'tomb').executeTakeFirstOrThrow(),
  ).toMatchObject({
    sha256: 'y',
    codec: null,
    heard_ms: 0,
    microphone: '',
    device_id: '',
    size_bytes: 0,
    timings: {},
  });
  expect(
    await db.selectFrom('recordings').selectAll().where('id', '=', 'living').executeTakeFirstOrThrow(),
  ).toMatchObject({ name: 'a.bin', heard_ms: 7 });

  // As the version before deletes a conversation while it still runs beside this one.
  await sql`UPDATE segments SET deleted_at_ms = 99, text = ''`.execute(db);
  expect(await spans()).toEqual(
    [...deleted, { ...living, from_ms: 300_000, to_ms: 310_000, deleted_at_ms: 99 }].sort(
      (a, b) => a.from_ms - b.from_ms,
    ),
  );
});
