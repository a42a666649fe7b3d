import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AcceptOptions, acceptUpload } from '../../src/intake/accept.ts';
import type { Sender } from '../../src/intake/claim.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { readRecording } from '../../src/views/recordings.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { databaseForTest } from '../support/database.ts';

/** Accepting only asks whether a blob is still there; what a store does is tested with the stores. */
const folder = mkdtempSync(join(tmpdir(), 'afterword-accept-'));
const blobs = new FolderBlobStore(folder);
beforeAll(() => blobs.prepare());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SENDER = { userId: 'ada', deviceId: 'phone' };
const GOOD = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';

interface Sent {
  name: string;
  content: string;
  startedAtMs: number | null;
}

function file(name: string, content: string, startedAtMs: number | null = null): Sent {
  return { name, content, startedAtMs };
}

/** Stores the content and accepts it, as a request does. */
async function accept(db: Database, sender: Sender, files: Sent[], options?: AcceptOptions): Promise<string> {
  const received = await Promise.all(
    files.map(async ({ name, content, startedAtMs }) => ({
      name,
      startedAtMs,
      ...(await blobs.put(bodyOf(content))),
    })),
  );
  return await acceptUpload({ db, blobs }, sender, received, options);
}

async function* bodyOf(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function workflows(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT workflow_uuid AS id FROM dbos.workflow_status`.execute(
    db,
  );
  return rows.map(({ id }) => id).sort();
}

it('writes the rows and enqueues the work in one transaction', async () => {
  const { db } = await databaseForTest();
  const id = await accept(db, SENDER, [file(GOOD, 'a')]);
  const upload = await readUpload(db, SENDER.userId, id);
  expect(upload?.files).toMatchObject([{ name: GOOD, outcome: 'waiting', code: 'queued', known: false }]);
  expect(await workflows(db)).toEqual([`ingest:${upload?.files[0]?.recordingId}:1`]);
});

it('acknowledges nothing when the work cannot be enqueued', async () => {
  const { db } = await databaseForTest();
  await sql`ALTER TABLE dbos.workflow_status RENAME TO away`.execute(db);
  await expect(accept(db, SENDER, [file(GOOD, 'a')])).rejects.toThrow();
  expect(await db.selectFrom('recordings').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('uploads').selectAll().execute()).toEqual([]);
});

it('takes the same files for the same upload, in whatever order they come', async () => {
  const { db } = await databaseForTest();
  const files = [file(GOOD, 'a'), file(GOOD.replace('1774000000', '1774000060'), 'b')];
  const first = await accept(db, SENDER, files);
  const again = await accept(db, SENDER, files.toReversed());
  expect(again).toBe(first);
  expect(await workflows(db)).toHaveLength(2);
});

it('takes the same bytes for the same recording, whatever their name', async () => {
  const { db } = await databaseForTest();
  const first = await readUpload(db, SENDER.userId, await accept(db, SENDER, [file(GOOD, 'a')]));
  const renamed = await readUpload(
    db,
    SENDER.userId,
    await accept(db, SENDER, [file(GOOD.replace('omi', 'other'), 'a')]),
  );
  expect(renamed?.id).not.toBe(first?.id);
  expect(renamed?.files[0]).toMatchObject({ recordingId: first?.files[0]?.recordingId, known: true });
  expect(await workflows(db)).toHaveLength(1);
});

it("keeps one person's bytes apart from another's", async () => {
  const { db } = await databaseForTest();
  const ada = await readUpload(db, SENDER.userId, await accept(db, SENDER, [file(GOOD, 'a')]));
  const bob = await readUpload(db, 'bob', await accept(db, { ...SENDER, userId: 'bob' }, [file(GOOD, 'a')]));
  expect(bob?.files[0]?.recordingId).not.toBe(ada?.files[0]?.recordingId);
});

it('gives the same bytes under three bad names three verdicts, and hears them when the time is told', async () => {
  const { db } = await databaseForTest();
  const bad = [
    file('recording.bin', 'same'),
    file('audio_omi_opus_16000_1_fs160_4102444800.bin', 'same'),
    file('audio_omi_opus_16000_1_fs160_946684800.bin', 'same'),
  ];
  const id = await accept(db, SENDER, bad);
  expect((await readUpload(db, SENDER.userId, id))?.files).toMatchObject([
    { outcome: 'rejected', code: 'name_without_time', retryable: false },
    { outcome: 'rejected', code: 'clock_in_future' },
    { outcome: 'rejected', code: 'clock_too_old' },
  ]);
  expect(await workflows(db)).toEqual([]);

  await accept(db, SENDER, [file('recording.bin', 'same', 1_774_000_000_000)]);
  expect(await workflows(db)).toHaveLength(1);
  expect((await readUpload(db, SENDER.userId, id))?.files.map((receipt) => receipt.outcome)).toEqual([
    'waiting',
    'waiting',
    'waiting',
  ]);
});

it('does not hear a name with a bad time again because the same bytes come under another bad name', async () => {
  const { db } = await databaseForTest();
  await accept(db, SENDER, [file('recording.bin', 'same')]);
  await accept(db, SENDER, [file('other.bin', 'same')]);
  expect(await workflows(db)).toEqual([]);
});

it('tries again when a failed recording is sent again, and leaves a finished one alone', async () => {
  const { db } = await databaseForTest();
  const id = await accept(db, SENDER, [file(GOOD, 'a'), file(GOOD.replace('00.bin', '60.bin'), 'b')]);
  const [failed, done] = (await readUpload(db, SENDER.userId, id))?.files ?? [];
  const finished = { finished_at_ms: 1, code: null, reason: null };
  await db
    .updateTable('recordings')
    .set({ ...finished, outcome: 'failed', retryable: true })
    .where('id', '=', failed?.recordingId ?? '')
    .execute();
  await db
    .updateTable('recordings')
    .set({ ...finished, outcome: 'completed', retryable: false })
    .where('id', '=', done?.recordingId ?? '')
    .execute();
  await accept(db, SENDER, [file(GOOD, 'a'), file(GOOD.replace('00.bin', '60.bin'), 'b')]);
  expect((await readUpload(db, SENDER.userId, id))?.files.map((receipt) => receipt.outcome)).toEqual([
    'waiting',
    'completed',
  ]);
  expect(await workflows(db)).toContain(`ingest:${failed?.recordingId}:2`);
});

it('says at the door that a file is empty', async () => {
  const { db } = await databaseForTest();
  const upload = await readUpload(db, SENDER.userId, await accept(db, SENDER, [file(GOOD, '')]));
  expect(upload).toMatchObject({
    status: 'done',
    files: [{ outcome: 'rejected', code: 'empty_file', retryable: false }],
  });
});

it('does not deadlock or do anything twice when uploads that share files come at once', async () => {
  const { db } = await databaseForTest();
  const files = Array.from({ length: 12 }, (_, index) =>
    file(GOOD.replace('1774000000', String(1_774_000_000 + index)), `content ${index}`),
  );
  const sets = Array.from({ length: 24 }, (_, index) =>
    index % 3 === 0 ? files : index % 3 === 1 ? files.toReversed() : files.slice(index % 12),
  );
  await Promise.all(sets.map((set) => accept(db, SENDER, set)));
  expect(await workflows(db)).toHaveLength(files.length);
  expect(await db.selectFrom('recordings').select('id').execute()).toHaveLength(files.length);
});

it('keeps what was deleted deleted, until it is asked for', async () => {
  const { db } = await databaseForTest();
  const id = await accept(db, SENDER, [file(GOOD, 'a')]);
  const recordingId = (await readUpload(db, SENDER.userId, id))?.files[0]?.recordingId ?? '';
  await removeRecording({ db, blobs, quietMs: 0 }, SENDER.userId, recordingId);
  await accept(db, SENDER, [file(GOOD.replace('omi', 'other'), 'a')]);
  expect(await readRecording(db, SENDER.userId, recordingId)).toMatchObject({ outcome: 'deleted', name: '' });
  expect(await workflows(db)).toEqual([]);
  await accept(db, SENDER, [file(GOOD, 'a')], { restore: true });
  expect(await readRecording(db, SENDER.userId, recordingId)).toMatchObject({
    outcome: 'waiting',
    name: GOOD,
  });
  expect(await workflows(db)).toHaveLength(1);
});

it('refuses a person who was deleted, until they ask to come back', async () => {
  const { db } = await databaseForTest();
  await accept(db, SENDER, [file(GOOD, 'a')]);
  await removeUser({ db, blobs, quietMs: 0 }, SENDER.userId);
  for (const table of ['recordings', 'uploads', 'upload_files', 'turns'] as const) {
    expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  await expect(accept(db, SENDER, [file(GOOD, 'a')])).rejects.toMatchObject({ code: 'user_deleted' });
  await accept(db, SENDER, [file(GOOD, 'a')], { restore: true });
});

it('lets somebody with one fresh recording go before somebody with a backlog, and a backlog before what comes later', async () => {
  const { db } = await databaseForTest();
  const nowS = Math.floor(Date.now() / 1000);
  const named = (atS: number) => `audio_omi_pcm16_16000_1_fs160_${atS}.bin`;
  // A minute each, by their size.
  const minute = (seed: string) => seed.repeat(1_920_000 / seed.length);
  const backlog = Array.from({ length: 10 }, (_, i) => file(named(nowS - 600 - 60 * i), minute(`${i}abc`)));
  await accept(db, SENDER, backlog);
  await accept(db, { ...SENDER, userId: 'bob' }, [file(named(nowS - 60), minute('fresh'.slice(0, 4)))]);
  await accept(db, SENDER, [file(named(1_774_000_000), minute('old!'))]);
  const { rows } = await sql<{ user_id: string; lane: string; priority: number }>`
    SELECT r.user_id, r.lane, w.priority FROM recordings r
      JOIN dbos.workflow_status w ON w.workflow_uuid = 'ingest:' || r.id || ':1' ORDER BY w.priority, r.started_at_ms DESC`.execute(
    db,
  );
  const bob = rows.find((row) => row.user_id === 'bob');
  const ahead = rows.filter(
    (row) => row.user_id === 'ada' && row.lane === 'fresh' && row.priority < (bob?.priority ?? 0),
  );
  expect(ahead.length).toBeLessThanOrEqual(1);
  const spread =
    (rows.filter((row) => row.lane === 'fresh').at(-1)?.priority ?? 0) - (rows[0]?.priority ?? 0);
  expect(spread).toBeGreaterThanOrEqual(9 * 60 - 1);
  expect(rows.filter((row) => row.lane === 'backfill')).toHaveLength(1);
});
