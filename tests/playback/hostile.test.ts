/** What listeners meet whose sound goes away under them, whose store has lost it, and who do not take what they asked for. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startApi } from '../support/api.ts';
import { log } from '../support/database.ts';
import { STORES } from '../support/stores.ts';
import { startPlacer } from '../support/timeline.ts';
import { fileOf } from './time-code.ts';

const BASE = 1_774_000_000_000;
const HEADERS = { 'x-afterword-user': 'ada' };
const FOR_MS = 4_000;

type Store = keyof typeof STORES;

/** A conversation of some recordings of four seconds, one right behind the other. */
async function conversationOf(count: number, kind: Store = 'folder') {
  const store = await STORES[kind]();
  onTestFinished(() => store.close());
  const api = await startApi({}, undefined, log, store.blobs);
  const placer = await startPlacer(api.databaseUrl);
  const keys: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = `rec_${n}`;
    const startedAtMs = BASE + n * FOR_MS;
    const words = [{ atS: 0.5, forS: 3, text: `one two three ${'abcdefg'.charAt(n).repeat(5)}` }];
    await placer.place({ id, userId: 'ada', microphone: 'omi', startedAtMs, durationMs: FOR_MS, words });
    const file = await fileOf('wav', startedAtMs, FOR_MS);
    const { key } = await store.blobs.put(
      (async function* () {
        yield file;
      })(),
    );
    await api.db.insertInto('blobs').values({ sha256: id, object_key: key, stored_at_ms: 0 }).execute();
    keys.push(key);
  }
  await placer.stop();
  const { id } = await api.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const url = `${api.url}/api/v1/conversations/${id}/audio`;
  const second = async (at: number, from = url, format = 'wav') => {
    const range = `bytes=${44 + at * 32_000}-${44 + (at + 1) * 32_000 - 1}`;
    const response = await fetch(`${from}?format=${format}`, { headers: { ...HEADERS, range } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isSilent = response.status === 206 ? bytes.every((byte) => byte === 0) : null;
    const code = response.status >= 400 ? JSON.parse(bytes.toString()).code : null;
    return { status: response.status, isSilent, code, etag: response.headers.get('etag') };
  };
  return { api, store, keys, url, second };
}

test('what another process removes while somebody listens is silence at once, and what is left of the conversation plays', async () => {
  const { api, second, url } = await conversationOf(3);
  const before = await second(5);
  expect(before).toMatchObject({ status: 206, isSilent: false });
  // As a worker does whose person keeps words only; this process is told nothing and may still hold what it laid out.
  await api.db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'rec_1').execute();
  const after = await second(5);
  expect(after).toMatchObject({ status: 206, isSilent: true });
  expect(after.etag).not.toBe(before.etag);
  expect(await second(9)).toMatchObject({ status: 206, isSilent: false });
  await api.db.updateTable('recordings').set({ outcome: 'deleted' }).where('id', '=', 'rec_2').execute();
  const { status } = await fetch(url, { headers: { ...HEADERS, range: 'bytes=300044-300100' } });
  // Of what came last nothing sounds, so the sound ends before it.
  expect([206, 416]).toContain(status);
  expect(await second(1)).toMatchObject({ status: 206, isSilent: false });
  await api.db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'rec_0').execute();
  expect(await second(1)).toMatchObject({ status: 410, code: 'audio_gone' });
});

test.each(['folder', 'S3'] as const)(
  'audio that is cut off or missing in the %s is an error that says so, and the rest plays',
  async (kind) => {
    const { store, keys, second } = await conversationOf(3, kind);
    // Layouts and maps are made of whole files; then the store loses some of them.
    expect(await second(0)).toMatchObject({ status: 206 });
    const [, cut = '', missing = ''] = keys;
    const file = await fileOf('wav', BASE + FOR_MS, FOR_MS);
    await store.blobs.delete(cut);
    await store.blobs.put(
      (async function* () {
        yield file.subarray(0, 40_000);
      })(),
      cut,
    );
    await store.blobs.delete(missing);
    expect(await second(1)).toMatchObject({ status: 206 });
    expect(await second(4)).toMatchObject({ status: 206, isSilent: false });
    for (const at of [5.5, 7, 8, 11])
      expect([at, await second(at)]).toMatchObject([at, { status: 500, code: 'blob_missing' }]);
    const ogg = await second(11, undefined, 'ogg');
    expect([416, 500]).toContain(ogg.status);
  },
);

test('who goes away in the middle leaves nothing open', async () => {
  const { url } = await conversationOf(2);
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const open = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent, headers: HEADERS }, resolve).on('error', reject);
    });
  const leave = async (answer: IncomingMessage) => {
    answer.destroy();
    if (!answer.closed) await once(answer, 'close');
  };
  await leave(await open());
  // Linux alone tells it so simply.
  const files = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const before = files();
  const answers = await Promise.all(Array.from({ length: 80 }, open));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  await Promise.all(answers.map(leave));
  // A thread that has begun since may have some of its own.
  await expect.poll(files).toBeLessThan(before + 40);
  // More than a person's places: each was given back.
  const again = await Promise.all(Array.from({ length: 80 }, open));
  expect(new Set(again.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  await Promise.all(again.map(leave));
});
