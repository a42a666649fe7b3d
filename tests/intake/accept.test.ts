import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { acceptUpload, type ReceivedFile } from '../../src/intake/accept.ts';
import type { Database } from '../../src/store/database.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { databaseForTest } from '../support/database.ts';

const SENDER = { userId: 'ada', deviceId: 'phone' };
const GOOD = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';

function file(name: string, content: string, startedAtMs: number | null = null): ReceivedFile {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, sha256, sizeBytes: content.length, startedAtMs };
}

async function workflows(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT workflow_uuid AS id FROM dbos.workflow_status`.execute(
    db,
  );
  return rows.map(({ id }) => id).sort();
}

it('writes the rows and enqueues the work in one transaction', async () => {
  const { db } = await databaseForTest();
  const id = await acceptUpload(db, SENDER, [file(GOOD, 'a')]);
  const upload = await readUpload(db, id);
  expect(upload?.files).toMatchObject([{ name: GOOD, outcome: 'waiting', code: 'queued', known: false }]);
  expect(await workflows(db)).toEqual([`ingest:${upload?.files[0]?.recordingId}:1`]);
});

it('acknowledges nothing when the work cannot be enqueued', async () => {
  const { db } = await databaseForTest();
  await sql`ALTER TABLE dbos.workflow_status RENAME TO away`.execute(db);
  await expect(acceptUpload(db, SENDER, [file(GOOD, 'a')])).rejects.toThrow();
  expect(await db.selectFrom('recordings').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('uploads').selectAll().execute()).toEqual([]);
});

it('takes the same files for the same upload, in whatever order they come', async () => {
  const { db } = await databaseForTest();
  const files = [file(GOOD, 'a'), file(GOOD.replace('1774000000', '1774000060'), 'b')];
  const first = await acceptUpload(db, SENDER, files);
  const again = await acceptUpload(db, SENDER, files.toReversed());
  expect(again).toBe(first);
  expect(await workflows(db)).toHaveLength(2);
});

it('takes the same bytes for the same recording, whatever their name', async () => {
  const { db } = await databaseForTest();
  const first = await readUpload(db, await acceptUpload(db, SENDER, [file(GOOD, 'a')]));
  const renamed = await readUpload(
    db,
    await acceptUpload(db, SENDER, [file(GOOD.replace('omi', 'other'), 'a')]),
  );
  expect(renamed?.id).not.toBe(first?.id);
  expect(renamed?.files[0]).toMatchObject({ recordingId: first?.files[0]?.recordingId, known: true });
  expect(await workflows(db)).toHaveLength(1);
});

it("keeps one person's bytes apart from another's", async () => {
  const { db } = await databaseForTest();
  const ada = await readUpload(db, await acceptUpload(db, SENDER, [file(GOOD, 'a')]));
  const bob = await readUpload(db, await acceptUpload(db, { ...SENDER, userId: 'bob' }, [file(GOOD, 'a')]));
  expect(bob?.files[0]?.recordingId).not.toBe(ada?.files[0]?.recordingId);
});

it('gives the same bytes under three bad names three verdicts, and hears them when the time is told', async () => {
  const { db } = await databaseForTest();
  const bad = [
    file('recording.bin', 'same'),
    file('audio_omi_opus_16000_1_fs160_4102444800.bin', 'same'),
    file('audio_omi_opus_16000_1_fs160_946684800.bin', 'same'),
  ];
  const id = await acceptUpload(db, SENDER, bad);
  expect((await readUpload(db, id))?.files).toMatchObject([
    { outcome: 'rejected', code: 'name_without_time', retryable: false },
    { outcome: 'rejected', code: 'clock_in_future' },
    { outcome: 'rejected', code: 'clock_too_old' },
  ]);
  expect(await workflows(db)).toEqual([]);

  await acceptUpload(db, SENDER, [file('recording.bin', 'same', 1_774_000_000_000)]);
  expect(await workflows(db)).toHaveLength(1);
  expect((await readUpload(db, id))?.files.map((receipt) => receipt.outcome)).toEqual([
    'waiting',
    'waiting',
    'waiting',
  ]);
});

it('does not hear a name with a bad time again because the same bytes come under another bad name', async () => {
  const { db } = await databaseForTest();
  await acceptUpload(db, SENDER, [file('recording.bin', 'same')]);
  await acceptUpload(db, SENDER, [file('other.bin', 'same')]);
  expect(await workflows(db)).toEqual([]);
});

it('tries again when a failed recording is sent again, and leaves a finished one alone', async () => {
  const { db } = await databaseForTest();
  const id = await acceptUpload(db, SENDER, [file(GOOD, 'a'), file(GOOD.replace('00.bin', '60.bin'), 'b')]);
  const [failed, done] = (await readUpload(db, id))?.files ?? [];
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
  await acceptUpload(db, SENDER, [file(GOOD, 'a'), file(GOOD.replace('00.bin', '60.bin'), 'b')]);
  expect((await readUpload(db, id))?.files.map((receipt) => receipt.outcome)).toEqual([
    'waiting',
    'completed',
  ]);
  expect(await workflows(db)).toContain(`ingest:${failed?.recordingId}:2`);
});

it('says at the door that a file is empty', async () => {
  const { db } = await databaseForTest();
  const upload = await readUpload(db, await acceptUpload(db, SENDER, [file(GOOD, '')]));
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
  await Promise.all(sets.map((set) => acceptUpload(db, SENDER, set)));
  expect(await workflows(db)).toHaveLength(files.length);
  expect(await db.selectFrom('recordings').select('id').execute()).toHaveLength(files.length);
});
