/** Deletions while the store or the database is away: what is said of them, and that they are finished without being asked. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptUpload } from '../../src/intake/accept.ts';
import { removeUser } from '../../src/removal/deletion.ts';
import { cancelUpload, removeRecording } from '../../src/removal/remove-recording.ts';
import { startFreeing } from '../../src/store/blobs/freeing.ts';
import { openContent } from '../../src/store/blobs/references.ts';
import { readUpload } from '../../src/views/uploads.ts';
import { until } from '../engine/fixtures/scene.ts';
import { startApi } from '../support/api.ts';
import { hashOf } from '../support/content.ts';
import { databaseForTest, log } from '../support/database.ts';
import { bodyOf, STORES } from '../support/stores.ts';

const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';

async function setUp() {
  const { db } = await databaseForTest();
  const store = await STORES.S3({ silentMs: 500 });
  onTestFinished(() => store.close());
  const parts = { db, blobs: store.blobs, quietMs: 0, log };
  const send = async (content: string, restore = false) => {
    const file = { name: NAME, startedAtMs: null, ...(await store.blobs.put(bodyOf(content))) };
    const sender = { userId: 'ada', deviceId: 'phone' };
    const uploadId = await acceptUpload(parts, sender, [file], { restore });
    return { uploadId, recordingId: (await readUpload(db, 'ada', uploadId))?.files[0]?.recordingId ?? '' };
  };
  /** The pauses between the questions are real, and longer than a test. */
  const freeing = () => {
    const running = startFreeing(parts, 20);
    onTestFinished(() => running.stop());
  };
  const s3 = store.s3;
  if (!s3) throw new Error('no S3');
  return { ...store, s3, db, parts, send, freeing };
}

describe('while the store is away', () => {
  it.each([
    ['a recording', (p: Parts, { recordingId }: Sent) => removeRecording(p, 'ada', recordingId)],
    ['an upload', (p: Parts, { uploadId }: Sent) => cancelUpload(p, 'ada', uploadId)],
    ['a person', (p: Parts) => removeUser(p, 'ada')],
  ])('%s is deleted, and its audio is freed when the store is back', async (_what, remove) => {
    const { db, parts, s3, send, freeing, count } = await setUp();
    const sent = await send('secret');
    await s3.stop();
    await remove(parts, sent);
    expect(await db.selectFrom('blobs').selectAll().execute()).toEqual([]);
    expect(
      await db.selectFrom('recordings').select('id').where('outcome', '<>', 'deleted').execute(),
    ).toEqual([]);
    await s3.start();
    expect(await count()).toBe(1);
    await db.updateTable('objects_to_free').set({ asked_at_ms: null }).execute();
    freeing();
    await until('the freed audio', async () => (await count()) === 0);
    await until(
      'its row to say so',
      async () =>
        (await db.selectFrom('objects_to_free').select('key').where('freed_at_ms', 'is', null).execute())
          .length === 0,
    );
  });

  it('a deletion that arrives late does not take what was restored meanwhile', async () => {
    const { parts, s3, send, freeing, count } = await setUp();
    const { recordingId } = await send('restored');
    const late: string[] = [];
    s3.intercept = ({ method, url = '' }) => method === 'DELETE' && late.push(url) > 0;
    await removeRecording(parts, 'ada', recordingId);
    await send('restored', true);
    s3.intercept = null;
    expect(late.length).toBeGreaterThan(0);
    for (const url of late) await fetch(new URL(url, s3.endpoint), { method: 'DELETE' });
    freeing();
    const chunks: Uint8Array[] = [];
    for await (const chunk of openContent(parts, hashOf('restored'), new AbortController().signal))
      chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('restored');
    expect(await count()).toBe(1);
  });
});

it('a deletion that fails because the database is away speaks of a deletion', async () => {
  const api = await startApi();
  await api.cutDatabase();
  for (const path of ['/api/v1/me', '/api/v1/recordings/rec_1', '/api/v1/conversations/cnv_1']) {
    const answer = await fetch(new URL(path, api.url), { method: 'DELETE' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'not_deleted', retryable: true });
  }
  await api.healDatabase();
});

type Parts = Awaited<ReturnType<typeof setUp>>['parts'];
type Sent = { uploadId: string; recordingId: string };
