/** Files that are put into a folder or a bucket become recordings, each once. */
import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { listRecordings, readRecording } from '../../src/views/recordings.ts';
import { WatchSetting } from '../../src/watch/setting.ts';
import { noteDone, noteFailure, takeOn } from '../../src/watch/taken.ts';
import { startWatching, watcherOf } from '../../src/watch/watching.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startS3Server } from '../support/s3-server.ts';
import { bodyOf } from '../support/stores.ts';

const scratch: string[] = [];
let blobs: FolderBlobStore;
let folder = '';

async function scratchFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'afterword-watch-'));
  scratch.push(path);
  return path;
}

beforeAll(async () => {
  blobs = new FolderBlobStore(await scratchFolder());
  await blobs.prepare();
});
beforeEach(async () => {
  folder = await scratchFolder();
});
afterAll(async () => {
  for (const path of scratch) await rm(path, { recursive: true, force: true });
});

const ADA = { userId: 'ada', deviceId: 'default' };
const never = new AbortController().signal;

function partsOf(db: Database) {
  return { db, blobs, log, timeZone: 'UTC', maxFileBytes: 1_000 };
}

/** @returns one look at the folder by a process that has just started */
async function looks(db: Database, place = folder) {
  const look = await watcherOf(partsOf(db), { ...ADA, place });
  return async (times = 2) => {
    for (let n = 0; n < times; n += 1) await look(never);
  };
}

async function namesOf(db: Database): Promise<string[]> {
  const all = await listRecordings(db, 'ada', { outcome: null, limit: 100, after: null });
  return all.map(({ name }) => name).sort();
}

test('what is put there becomes recordings, by its name and its person', async () => {
  const { db } = await databaseForTest();
  await mkdir(join(folder, '2026-03-20'));
  await writeFile(join(folder, 'PLAUD_2026-03-20_10-15-00.mp3'), 'a');
  await writeFile(join(folder, '2026-03-20', '11-30-00.m4a'), 'b');
  await writeFile(join(folder, 'notes.txt'), 'no recording');
  await writeFile(join(folder, '.2026-03-20 10.15.00.mp3.part'), 'half');
  const look = await looks(db);
  await look();
  const all = await listRecordings(db, 'ada', { outcome: null, limit: 10, after: null });
  expect(all.map(({ name, startedAtMs }) => [name, startedAtMs]).sort()).toEqual([
    ['2026-03-20 11-30-00.m4a', Date.UTC(2026, 2, 20, 11, 30)],
    ['PLAUD_2026-03-20_10-15-00.mp3', Date.UTC(2026, 2, 20, 10, 15)],
  ]);
  expect(await listRecordings(db, 'ben', { outcome: null, limit: 10, after: null })).toEqual([]);
});

test('a file that is still written is waited for', async () => {
  const { db } = await databaseForTest();
  const path = join(folder, '2026-03-20 10.15.00.mp3');
  const look = await looks(db);
  await writeFile(path, 'a');
  await look(1);
  await appendFile(path, 'b');
  await look(1);
  expect(await namesOf(db)).toEqual([]);
  await look(1);
  const [recording] = await listRecordings(db, 'ada', { outcome: null, limit: 10, after: null });
  expect(recording?.sizeBytes).toBe(2);
});

test('what was taken is known by its content: another name, a restart and a deletion bring nothing back', async () => {
  const { db } = await databaseForTest();
  await writeFile(join(folder, '2026-03-20 10.15.00.mp3'), 'a');
  await (await looks(db))();
  await rename(join(folder, '2026-03-20 10.15.00.mp3'), join(folder, 'renamed 2026-03-20 10.15.00.mp3'));
  await (await looks(db))();
  expect(await namesOf(db)).toEqual(['2026-03-20 10.15.00.mp3']);
  const [one] = await listRecordings(db, 'ada', { outcome: null, limit: 10, after: null });
  await removeRecording({ db, blobs, quietMs: 0 }, 'ada', one?.id ?? '');
  await writeFile(join(folder, 'again 2026-03-20 10.15.00.mp3'), 'a');
  await (await looks(db))();
  expect((await readRecording(db, 'ada', one?.id ?? ''))?.outcome).toBe('deleted');
  const rows = await db.selectFrom('watched_files').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain('10.15');
});

test('a file that cannot be taken is told, does not stop the others, and is tried again where that helps', async () => {
  const { db } = await databaseForTest();
  await writeFile(join(folder, '2026-03-20 10.15.00.mp3'), 'x'.repeat(2_000));
  await writeFile(join(folder, '2026-03-20 11.15.00.mp3'), 'fits');
  const look = await looks(db);
  await look();
  expect(await namesOf(db)).toEqual(['2026-03-20 11.15.00.mp3']);
  const rows = await db.selectFrom('watched_files').select(['code', 'next_try_at_ms']).execute();
  expect(rows).toContainEqual({ code: 'part_too_large', next_try_at_ms: null });
});

test('a name that is no UTF-8 is told once, since nothing is found under it', async () => {
  const { db } = await databaseForTest();
  const garbled = Buffer.concat([Buffer.from(`${folder}/gr`), Buffer.from([0xfc]), Buffer.from('n.wav')]);
  await writeFile(garbled, 'a');
  const told: string[] = [];
  const warn = (_about: object, what: string) => void told.push(what);
  const parts = { ...partsOf(db), log: Object.assign(Object.create(log), { warn }) };
  const look = await watcherOf(parts, { ...ADA, place: folder });
  for (let n = 0; n < 3; n += 1) await look(never);
  expect(told).toEqual([expect.stringContaining('no UTF-8 and are not looked at (1)')]);
});

test('a store that is away is waited for', async () => {
  const { db } = await databaseForTest();
  await writeFile(join(folder, '2026-03-20 10.15.00.mp3'), 'a');
  const away = {
    ...partsOf(db),
    blobs: Object.assign(Object.create(blobs), { put: () => Promise.reject(new Error('EIO')) }),
  };
  const look = await watcherOf(away, { ...ADA, place: folder });
  await look(never);
  await look(never);
  const [row] = await db.selectFrom('watched_files').selectAll().execute();
  expect(row).toMatchObject({ tries: 1, sha256: null });
  expect(row?.next_try_at_ms).toBeGreaterThan(Date.now());
  // A process that has looked before its time looks again, as one does that begins then.
  const patient = await looks(db);
  await patient(3);
  expect(await namesOf(db)).toEqual([]);
  await db.updateTable('watched_files').set({ next_try_at_ms: 0 }).execute();
  await patient(1);
  expect(await namesOf(db)).toEqual(['2026-03-20 10.15.00.mp3']);
});

test('without a time in its name a file began before it was written, and the receipt says that this was reckoned', async () => {
  const { db } = await databaseForTest();
  const path = join(folder, 'New Recording 5.m4a');
  await writeFile(path, 'a'.repeat(600));
  const written = new Date(Date.UTC(2026, 2, 20, 10, 15));
  await utimes(path, written, written);
  await (await looks(db))();
  const [recording] = await listRecordings(db, 'ada', { outcome: null, limit: 10, after: null });
  expect(recording).toMatchObject({ outcome: 'waiting', startedAtMs: written.getTime() - 60 });
  const file = await db.selectFrom('upload_files').select('code').executeTakeFirst();
  expect(file?.code).toBe('time_of_file');
});

test('several processes take a file once', async () => {
  const { db } = await databaseForTest();
  for (let n = 10; n < 20; n += 1) await writeFile(join(folder, `2026-03-20 ${n}.15.00.mp3`), `${n}`);
  const [one, two] = [await looks(db), await looks(db)];
  await Promise.all([one(), two()]);
  expect(await namesOf(db)).toHaveLength(10);
  const { count } = await db
    .selectFrom('uploads')
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(10);
});

test('who is done with a file as it was says nothing of it as it is', async () => {
  const { db } = await databaseForTest();
  const watched = { ...ADA, place: folder };
  const before = { path: 'a.wav', sizeBytes: 1, version: '1-1', writtenAtMs: 1 };
  const after = { ...before, sizeBytes: 2, version: '2-2' };
  expect(await takeOn(db, watched, before)).toBe('mine');
  expect(await takeOn(db, watched, after)).toBe('mine');
  await noteDone(db, watched, before, { sha256: 'a' });
  await noteFailure(db, watched, before, 'unavailable');
  // Its process ended: it is taken on again when its time is over.
  expect(await takeOn(db, watched, after)).toBe('waits');
  await noteDone(db, watched, after, { sha256: 'b' });
  expect(await takeOn(db, watched, after)).toBe('done');
});

test('a deleted person gets nothing, and no row of theirs stays', async () => {
  const { db } = await databaseForTest();
  await writeFile(join(folder, '2026-03-20 10.15.00.mp3'), 'a');
  await (await looks(db))();
  await removeUser({ db, blobs, quietMs: 0 }, 'ada');
  expect(await db.selectFrom('watched_files').selectAll().execute()).toEqual([]);
  await (await looks(db))();
  expect(await namesOf(db)).toEqual([]);
});

test('a bucket is watched as well', async () => {
  const { db } = await databaseForTest();
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
  onTestFinished(() => void vi.unstubAllEnvs());
  await mkdir(join(s3.folder, 'memos'));
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: s3.credentials,
  });
  onTestFinished(() => client.destroy());
  const keys = ['in/2026-03-20 10.15.00.mp3', 'in/readme.txt', 'out/2026-03-20 11.15.00.mp3'];
  const hidden = ['in/._2026-03-20 10.15.00.mp3', 'in/.trash/2026-03-20 12.15.00.mp3'];
  for (const Key of [...keys, ...hidden])
    await client.send(new PutObjectCommand({ Bucket: 'memos', Key, Body: Key }));
  const look = await looks(db, `s3://memos/in?endpoint=${s3.endpoint}`);
  await look(1);
  expect(await namesOf(db)).toEqual(['2026-03-20 10.15.00.mp3']);
});

test('stopping is at once, and may be repeated', async () => {
  const { db } = await databaseForTest();
  const watching = startWatching(partsOf(db), [
    { ...ADA, place: folder },
    { ...ADA, place: join(folder, 'none') },
  ]);
  await watching.stop();
  await watching.stop();
});

test('what no phone sent joins the timeline of its microphone, and its receipt names it', async () => {
  const { db } = await databaseForTest();
  const accept = async (deviceId: string, name: string) =>
    await acceptUpload(partsOf(db), { userId: 'ada', deviceId }, [
      { name, startedAtMs: null, ...(await blobs.put(bodyOf(name))) },
    ]);
  const phoneFile = (n: number) => `audio_omi_opus_fs320_16000_1_fs320_${1_774_000_000 + n}.bin`;
  await accept('phone', phoneFile(0));
  await accept('default', phoneFile(60));
  await accept('default', 'audio_limitless_opus_16000_1_fs320_1774000120.bin');
  await accept('default', 'memo_1774000180.wav');
  await accept('tablet', phoneFile(240));
  const all = await listRecordings(db, 'ada', { outcome: null, limit: 10, after: null });
  expect(
    Object.fromEntries(
      all.map(({ name, timeline }) => [name.split('_').slice(0, 2).join('_') + name.slice(-7), timeline]),
    ),
  ).toEqual({
    'audio_omi000.bin': 'phone',
    'audio_omi060.bin': 'phone',
    'audio_limitless120.bin': 'default',
    'memo_1774000180.wav180.wav': 'default',
    'audio_omi240.bin': 'tablet',
  });
});

test('the setting names places and people', () => {
  expect(WatchSetting.parse('/srv/memos')).toEqual([
    { place: '/srv/memos', userId: 'local', deviceId: 'default' },
  ]);
  expect(
    WatchSetting.parse('{"/srv/a": "ana", "s3://memos/in": {"person": "ben", "device": "plaud"}}'),
  ).toEqual([
    { place: '/srv/a', userId: 'ana', deviceId: 'default' },
    { place: 's3://memos/in', userId: 'ben', deviceId: 'plaud' },
  ]);
  for (const wrong of [
    'memos',
    '{"/srv/a": ""}',
    '{"s3://": "ana"}',
    '{',
    '{"/srv/a": {"person": "ana", "phone": 1}}',
  ])
    expect(WatchSetting.safeParse(wrong).success).toBe(false);
});
