/** What the version before has left: nobody is told of what was done then, and everybody of what ends from now on. */
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { noteRecording } from '../../src/events/note.ts';
import { readEvents } from '../../src/events/read.ts';
import { untoldUploads } from '../../src/events/untold.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { emptyDatabaseForTest } from '../support/database.ts';

const FOLDER = new URL('../../src/store/migrations/', import.meta.url);
const MIGRATION = '0043-event-log.sql';
const OF_BEFORE = `
  INSERT INTO users (id, created_at_ms) VALUES ('ada', 0);
  INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, accepted_at_ms, outcome, finished_at_ms)
    VALUES ('old', 'ada', 'x', 9, 'a.bin', 'phone', 'omi', 5, 'completed', 6),
           ('new', 'ada', 'y', 9, 'b.bin', 'phone', 'omi', 5, 'processing', NULL),
           ('said', 'ada', 'z', 9, 'c.bin', 'phone', 'omi', 5, 'completed', 6);
  INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision, created_at_ms, updated_at_ms)
    VALUES ('cnv', 'ada', 'phone', 0, 1, 'said', 1, 0, 0);
  INSERT INTO segments (id, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, text, provider, model, revision)
    VALUES ('said:0.0', 'said', 'ada', 'phone', 'cnv', 0, 1, 'x', 'p', 'm', 1);
  INSERT INTO uploads (id, user_id, content_key, accepted_at_ms)
    VALUES ('done', 'ada', '1', 5), ('under way', 'ada', '2', 5), ('settling', 'ada', '3', 5);
  INSERT INTO upload_files (upload_id, position, name, recording_id, known)
    VALUES ('done', 0, 'a', 'old', false), ('under way', 0, 'b', 'new', false), ('under way', 1, 'a', 'old', true),
           ('settling', 0, 'c', 'said', false);`;

it('an upload that was done before is not told of, and one that is under way is told of once it ends', async () => {
  const { db } = await emptyDatabaseForTest();
  const run = async (name: string) =>
    void (await sql.raw(await readFile(new URL(name, FOLDER), 'utf8')).execute(db));
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of names.filter((each) => each < MIGRATION)) await run(name);
  await sql.raw(OF_BEFORE).execute(db);
  for (const name of names.filter((each) => each >= MIGRATION)) await run(name);
  const ends = await db.selectFrom('upload_ends').select(['upload_id', 'number']).execute();
  expect(ends).toEqual([{ upload_id: 'done', number: 0 }]);
  expect(await readEvents(db, 'ada', { after: 0, most: 10 })).toEqual([]);
  expect(await untoldUploads(db, 10)).toEqual([]);
  await inTransaction(db, async (tx) => {
    await sql`UPDATE recordings SET outcome = 'failed', finished_at_ms = 7 WHERE id = 'new'`.execute(tx);
    noteRecording(tx, 'ada', 'new');
  });
  const events = await readEvents(db, 'ada', { after: 0, most: 10 });
  expect(events.map(({ number, type }) => [number, type])).toEqual([
    [1, 'recording.failed'],
    [2, 'upload.done'],
  ]);
  expect(events[1]?.data).toMatchObject({ uploadId: 'under way', counts: { heard: 1, failed: 1 } });
});
