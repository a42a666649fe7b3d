/** Audio goes when its person keeps the words longer; the words stay, and nothing hears the recording again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readHeld } from '../../src/bounds/holdings.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { acceptUpload } from '../../src/intake/accept.ts';
import { retryRecording } from '../../src/intake/redrive.ts';
import { removeAudioThatIsTooOld } from '../../src/pipeline/retention.ts';
import { changePreferences, readPreferences } from '../../src/preferences/store.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { readerOf } from '../../src/store/database.ts';
import { readRecording } from '../../src/views/recordings.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { databaseForTest, log } from '../support/database.ts';
import { bodyOf } from '../support/stores.ts';
import { startPlacer, timelineOf } from '../support/timeline.ts';

const DAY_MS = 86_400_000;
const DEFAULTS = { timeZone: 'UTC', languages: [], vocabulary: [] };
const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';

async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  const folder = await mkdtemp(join(tmpdir(), 'afterword-audio-'));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  onTestFinished(async () => {
    await placer.stop();
    await lease.release();
    await rm(folder, { recursive: true, force: true });
  });
  const context = { db: readerOf(db), lease, log, quietMs: 0 };
  const send = async (userId: string, content: string, restore = false) => {
    const stored = await blobs.put(bodyOf(content));
    const files = [{ name: NAME, startedAtMs: null, ...stored }];
    const uploadId = await acceptUpload({ db, blobs }, { userId, deviceId: 'phone' }, files, { restore });
    const [file] = (await readUpload(db, userId, uploadId))?.files ?? [];
    if (!file) throw new Error('no receipt');
    return { ...file, key: stored.key };
  };
  /** Its words came so many days ago. */
  const heard = async (id: string, daysAgo: number) => {
    const at = Date.now() - daysAgo * DAY_MS;
    await db
      .updateTable('recordings')
      .set({ outcome: 'completed', code: null, reason: null, retryable: false, finished_at_ms: at })
      .where('id', '=', id)
      .execute();
  };
  const keep = (userId: string, audioRetentionDays: number | null) =>
    changePreferences(db, userId, DEFAULTS, { audioRetentionDays });
  return { db, blobs, context, placer, send, heard, keep };
}

it('removes the audio after its days, keeps the words, and tells until when', async () => {
  const { db, context, placer, send, heard, keep } = await scene();
  await placer.place({
    id: 'spoken',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: 1_774_100_000_000,
    words: [{ atS: 0, forS: 5, text: 'the words' }],
  });
  await heard('spoken', 8);
  const { recordingId: old, key: oldKey } = await send('ada', 'old');
  const { recordingId: young, key: youngKey } = await send('ada', 'young');
  await heard(old, 8);
  await heard(young, 6);
  expect((await readRecording(db, 'ada', old))?.audioKeptUntilMs).toBeNull();
  await keep('ada', 7);
  const before = await readRecording(db, 'ada', young);
  expect(before?.audioKeptUntilMs).toBe((before?.finishedAtMs ?? 0) + 7 * DAY_MS);

  expect(await removeAudioThatIsTooOld(context)).toBe(2);

  expect(await readRecording(db, 'ada', old)).toMatchObject({ outcome: 'completed', audioKeptUntilMs: null });
  expect((await readRecording(db, 'ada', old))?.audioRemovedAtMs).toBeGreaterThan(Date.now() - 60_000);
  expect((await readRecording(db, 'ada', young))?.audioRemovedAtMs).toBeNull();
  expect(await timelineOf(db, 'ada')).toEqual(['the words']);
  const freed = (await db.selectFrom('objects_to_free').select('key').execute()).map(({ key }) => key);
  expect(freed).toContain(oldKey);
  expect(freed).not.toContain(youngKey);
  expect(await removeAudioThatIsTooOld(context)).toBe(0);
  expect((await readHeld(db, 'ada')).storedBytes).toBe('young'.length);
});

it('with 0 days keeps only the words, an hour after they came; what failed or waits keeps its audio', async () => {
  const { db, context, send, heard, keep } = await scene();
  const [{ recordingId: now }, { recordingId: before }, { recordingId: failed }, { recordingId: waiting }] = [
    await send('ada', 'now'),
    await send('ada', 'before'),
    await send('ada', 'failed'),
    await send('ada', 'waiting'),
  ];
  await heard(now, 0);
  await heard(before, 1 / 12);
  await heard(failed, 100);
  await db.updateTable('recordings').set({ outcome: 'failed' }).where('id', '=', failed).execute();
  await keep('ada', 0);
  expect(await removeAudioThatIsTooOld(context)).toBe(1);
  for (const id of [now, failed, waiting])
    expect((await readRecording(db, 'ada', id))?.audioRemovedAtMs).toBeNull();
  expect((await readRecording(db, 'ada', before))?.audioRemovedAtMs).not.toBeNull();
});

it('keeps a content that another person keeps', async () => {
  const { db, context, send, heard, keep } = await scene();
  const { recordingId: adas } = await send('ada', 'same');
  const { recordingId: bens } = await send('ben', 'same');
  await heard(adas, 8);
  await heard(bens, 8);
  await keep('ada', 7);
  expect(await removeAudioThatIsTooOld(context)).toBe(1);
  expect(await db.selectFrom('blobs').select('sha256').execute()).toHaveLength(1);
  expect((await readRecording(db, 'ben', bens))?.audioRemovedAtMs).toBeNull();
});

it('is never heard again, and the same bytes bring nothing back unless that is asked for', async () => {
  const { db, blobs, context, send, heard, keep } = await scene();
  const { recordingId } = await send('ada', 'old');
  await heard(recordingId, 8);
  await keep('ada', 7);
  await removeAudioThatIsTooOld(context);
  await db
    .insertInto('pieces')
    .values({
      recording_id: recordingId,
      ordinal: 0,
      start_ms: 0,
      end_ms: 1,
      segments: '[]',
      unknown_language: true,
      unintelligible: false,
      guards: '[]',
      provider: 'local',
      model: 'base',
    })
    .execute();
  expect(await retryRecording(db, 'ada', recordingId)).toBe(false);

  const again = await send('ada', 'old');
  expect(again).toMatchObject({ recordingId, outcome: 'completed' });
  expect(again.notice).toContain('?restore=true');
  expect(await blobs.has(again.key)).toBe(false);
  expect(await db.selectFrom('blobs').selectAll().execute()).toEqual([]);

  const restored = await send('ada', 'old', true);
  expect(restored).toMatchObject({ recordingId, outcome: 'completed', audioRemovedAtMs: null });
  expect(await blobs.has(restored.key)).toBe(true);
  // Its days begin anew.
  expect(await removeAudioThatIsTooOld(context)).toBe(0);
  expect(restored.audioKeptUntilMs).toBeGreaterThan(Date.now() + 6 * DAY_MS);
});

it('goes back to keeping all, and says what is chosen', async () => {
  const { db, context, send, heard, keep } = await scene();
  const { recordingId } = await send('ada', 'old');
  await heard(recordingId, 800);
  await keep('ada', 7);
  expect(await readPreferences(db, 'ada', DEFAULTS)).toMatchObject({
    audioRetentionDays: 7,
    chosen: ['audioRetentionDays'],
  });
  await keep('ada', null);
  // Whoever set a time once, or another setting, is not told of a time that is not set.
  expect((await readRecording(db, 'ada', recordingId))?.audioKeptUntilMs).toBeNull();
  expect(await removeAudioThatIsTooOld(context)).toBe(0);
  await keep('ada', 7);
  await context.lease.release();
  await expect(removeAudioThatIsTooOld(context)).rejects.toThrow();
  expect((await readRecording(db, 'ada', recordingId))?.audioRemovedAtMs).toBeNull();
});

it('keeps the audio on both sides of a border that is still to be heard across', async () => {
  const { db, context, send, heard, keep } = await scene();
  const [{ recordingId: left }, { recordingId: right }] = [
    await send('ada', 'left'),
    await send('ada', 'right'),
  ];
  await heard(left, 8);
  await keep('ada', 7);
  await db
    .insertInto('borders')
    .values({ left_id: left, right_id: right, asked_by: right, state: 'expected' })
    .execute();
  expect(await removeAudioThatIsTooOld(context)).toBe(0);
  await db.updateTable('borders').set({ state: 'heard' }).execute();
  expect(await removeAudioThatIsTooOld(context)).toBe(1);
});
