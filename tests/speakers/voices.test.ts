import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { databaseForTest } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

const MIGRATION = new URL('../../src/store/migrations/0006-speakers.sql', import.meta.url);

it('gives voices from before there were any the speakers that they would get today', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  await placer.place({
    id: 'rec_1:2.3',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: 0,
    words: [
      { atS: 0, forS: 1, text: 'hello', speaker: 'SPEAKER_00' },
      { atS: 3, forS: 1, text: 'so' },
      { atS: 5, forS: 1, text: 'there', speaker: 'SPEAKER_åå' },
    ],
  });
  await placer.stop();
  const rows = async () => ({
    voices: await db.selectFrom('voices').selectAll().orderBy('id').execute(),
    speakers: await db.selectFrom('speakers').selectAll().orderBy('id').execute(),
  });
  const written = await rows();
  expect(written.voices).toMatchObject([
    { id: 'rec_1:2.3:0:SPEAKER_00', piece_ordinal: 0 },
    { id: 'rec_1:2.3:5000:SPEAKER_åå', piece_ordinal: 5000 },
  ]);
  await db.deleteFrom('voices').execute();
  await db.deleteFrom('speakers').execute();
  const migration = await readFile(MIGRATION, 'utf8');
  await sql.raw(migration.slice(migration.indexOf('INSERT INTO speakers'))).execute(db);
  expect(await rows()).toEqual(written);
});
