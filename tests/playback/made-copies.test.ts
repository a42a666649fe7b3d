/** Copies that are made when somebody listens: what is in them, and what happens when the store has lost one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { SoundNotes } from '../../src/audio/sound-notes.ts';
import { Preparer } from '../../src/playback/prepare.ts';
import { noteSound } from '../../src/playback/sounds.ts';
import { PlaybackThreads } from '../../src/playback/threads.ts';
import { transact } from '../../src/store/announcements.ts';
import { decodeAll, inChunks } from '../audio/collect.ts';
import { log } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';
import { BASE, HEADERS, inOne, SlowFolder, scene } from './scene.ts';
import { fileOf } from './time-code.ts';

test('a copy that was replaced, lost or cut off does not silence its recording', async () => {
  // Two streams one after the other: no packet of the second can be found by the first's clock.
  const [first, second] = [await fileOf('ogg', BASE, 2_000), await fileOf('ogg', BASE + 2_000, 2_000)];
  const { api, blobs, put, get, sound } = await scene(Uint8Array.from([...first, ...second]));
  const keyOfCopy = async () =>
    (await api.db.selectFrom('recording_sounds').select('copy_key').executeTakeFirst())?.copy_key ?? null;
  const before = await sound();
  /** All of it is heard a moment before it is kept. */
  const keptCopy = async (lost = ''): Promise<string> =>
    await vi.waitFor(
      async () => {
        const key = await keyOfCopy();
        if (key === null || key === lost) throw new Error('the copy is not kept yet');
        return key;
      },
      { timeout: 60_000 },
    );
  const known = await keptCopy();
  const copy = Buffer.concat(await all(blobs.open(known, new AbortController().signal)));

  // As after a deletion, when the same file was sent again and another process has heard it.
  await api.db
    .updateTable('recording_sounds')
    .set({ copy_key: await put(copy) })
    .execute();
  await blobs.delete(known);
  expect(await sound()).toEqual(before);

  // It is made again, and whoever listens hears it as it comes.
  for (const left of [0, copy.length / 2]) {
    const lost = await keptCopy();
    await blobs.delete(lost);
    if (left > 0) await put(copy.subarray(0, left), lost);
    // What was read a moment ago is heard without the store.
    await vi.waitFor(async () => {
      await sound();
      if ((await keyOfCopy()) === lost) throw new Error('the loss is not noticed yet');
    }, 60_000);
    const end = await get({ range: 'bytes=-1000' });
    expect([end.status, new Uint8Array(await end.arrayBuffer())]).toEqual([206, before.subarray(-1_000)]);
    expect(await sound()).toEqual(before);
    await keptCopy(lost);
  }
});

test('a copy that no worker has made yet is heard as it grows: its beginning at once, and the bytes that it will have', async () => {
  const file = await fileOf('aiff', BASE, 120_000);
  const folder = await mkdtemp(join(tmpdir(), 'afterword-growing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = new SlowFolder(folder);
  await store.prepare();
  const { api, get } = await scene(file, store);
  const notes = new SoundNotes();
  for await (const _ of notes.passing(
    decode(inOne(file), null, emptyReport(), 0, 0, undefined, notes.trace),
  ));
  await transact(api.db, async (tx) => await noteSound(tx, 'rec', notes.end()));

  const peaks = await fetch(`${api.url}/api/v1/recordings/rec/peaks?zoom=3`, { headers: HEADERS });
  expect(((await peaks.json()) as { length: number }).length).toBe(12);
  const urls = ['wav', 'ogg'].map((format) => `${api.url}/api/v1/recordings/rec/audio?format=${format}`);
  const heads = await Promise.all(urls.map((url) => fetch(url, { method: 'HEAD', headers: HEADERS })));
  const part = async (range: string, at = 0) => {
    const response = await fetch(urls[at] ?? '', { headers: { ...HEADERS, range } });
    return [response.status, new Uint8Array(await response.arrayBuffer())] as const;
  };
  const beginning = await part('bytes=0-63999');
  const oggs = await part('bytes=0-9999', 1);
  expect([beginning[0], oggs[0]]).toEqual([206, 206]);
  let isHeard = false;
  const further = part('bytes=3600000-3629999').finally(() => (isHeard = true));
  expect((await part('bytes=64000-95999'))[0]).toBe(206);
  expect(isHeard).toBe(false);
  store.restIsThere.resolve();
  const end = await further;
  expect(end[0]).toBe(206);

  const kept = () => api.db.selectFrom('recording_sounds').select('copy_key').execute();
  await expect.poll(kept, { timeout: 60_000 }).toMatchObject([{ copy_key: expect.any(String) }]);
  expect(await api.db.selectFrom('sounds_to_copy').selectAll().execute()).toEqual([]);
  for (const [at, head] of heads.entries()) {
    const whole = await fetch(urls[at] ?? '', { headers: HEADERS });
    expect(whole.headers.get('etag')).toBe(head.headers.get('etag'));
    const bytes = new Uint8Array(await whole.arrayBuffer());
    expect(bytes.length).toBe(Number(head.headers.get('content-length')));
    if (at === 1) expect(bytes.subarray(0, 10_000)).toEqual(oggs[1]);
    else {
      expect(bytes.subarray(0, 64_000)).toEqual(beginning[1]);
      expect(bytes.subarray(3_600_000, 3_630_000)).toEqual(end[1]);
    }
  }
  expect((await get({ range: 'bytes=-10' })).status).toBe(206);
});

test('the first seconds of a copy are heard before more of the file than a quarter of a minute is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-first-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = new SlowFolder(folder, 300_000);
  await store.prepare();
  const file = await fileOf('aiff', BASE, 120_000);
  const { api } = await scene(file, store);
  const notes = new SoundNotes();
  for await (const _ of notes.passing(
    decode(inOne(file), null, emptyReport(), 0, 0, undefined, notes.trace),
  ));
  await transact(api.db, async (tx) => await noteSound(tx, 'rec', notes.end()));
  const url = `${api.url}/api/v1/recordings/rec/audio?format=wav`;
  const response = await fetch(url, { headers: { ...HEADERS, range: 'bytes=0-63999' } });
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 64_000]);
  store.restIsThere.resolve();
});

test('a copy that somebody hears as it grows does not wait for files of which nothing is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-beside-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blobs = new SlowFolder(folder);
  await blobs.prepare();
  const { api, put } = await scene(await fileOf('aiff', BASE, 120_000), blobs);
  const placer = await startPlacer(api.databaseUrl);
  await placer.place({ id: 'other', userId: 'ada', microphone: 'omi', startedAtMs: BASE, words: [] });
  await placer.stop();
  const object_key = await put(await fileOf('aiff', BASE, 2_000));
  await api.db.insertInto('blobs').values({ sha256: 'other', object_key, stored_at_ms: 0 }).execute();
  const threads = new PlaybackThreads(null);
  const preparer = new Preparer({ db: api.db, blobs, log }, threads);
  const { signal } = new AbortController();
  await expect(preparer.ensure(['rec'], 0, signal)).rejects.toMatchObject({ code: 'audio_not_ready' });
  expect(await preparer.comingPart('other', { from: 0, to: 64 * 1024 }, signal)).toBeNull();
  const kept = await api.db.selectFrom('recording_sounds').select('recording_id').execute();
  expect(kept).toEqual([{ recording_id: 'other' }]);
  blobs.restIsThere.resolve();
  preparer.stop();
  await threads.close();
});

test('what fails after whoever asked for it was told to come again is in the log', async () => {
  const { api, blobs } = await scene(await fileOf('wav', BASE, 2_000));
  await api.db
    .updateTable('blobs')
    .set({ object_key: 'f'.repeat(32) })
    .execute();
  const told: unknown[] = [];
  const warn = (about: object) => void told.push(about);
  const parts = { db: api.db, blobs, log: Object.assign(Object.create(log), { warn }) };
  const threads = new PlaybackThreads(null);
  const preparer = new Preparer(parts, threads);
  const late = preparer.ensure(['rec'], 0, new AbortController().signal);
  await expect(late).rejects.toMatchObject({ code: 'audio_not_ready' });
  await expect
    .poll(() => told, { timeout: 60_000 })
    .toMatchObject([{ recordingId: 'rec', err: { code: 'blob_missing' } }]);
  preparer.stop();
  await threads.close();
});

test('whoever listens hears nothing of words that are deleted meanwhile, and the rest when they ask again', async () => {
  const { api, get, sound } = await scene(await fileOf('wav', BASE, 300_000));
  const before = await sound();
  const response = await get();
  const reader = response.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  const span = { recording_id: 'rec', from_ms: 150_000, to_ms: 299_000, user_id: 'ada', microphone: 'omi' };
  await api.db
    .insertInto('deleted_spans')
    .values({ ...span, started_at_ms: BASE, deleted_at_ms: Date.now() })
    .execute();
  const rest = async () => {
    for (let bytes = 0; ; ) {
      const next = await reader?.read();
      if (!next || next.done) return bytes;
      bytes += next.value.length;
    }
  };
  await expect(rest()).rejects.toThrow();
  // As long as this process holds what it has laid out, the part that it reads says that it is not so any more.
  const after = await sound().catch(sound);
  expect(after.length).toBe(before.length);
  const deleted = after.subarray(44 + 32 * 150_000, 44 + 32 * 299_000);
  expect(deleted.every((byte) => byte === 0)).toBe(true);
});

test('of a file with a stream for each speaker all are heard', async () => {
  const file = new Uint8Array(await readFile(new URL('../fixtures/cases/O22.ogg', import.meta.url)));
  const { sound } = await scene(file);
  const { samples } = await decodeAll(await sound(), null);
  for (const track of [0, 1]) {
    const blocks = await all(decode(inChunks(file), null, emptyReport(), 0, track));
    const own = Float32Array.from(blocks.flatMap((block) => [...block]));
    expect(samples.length).toBe(own.length);
    // The second has a tenth of the energy: 0.32 where both sound, and about 0 in the first alone.
    expect(likeness(samples, own)).toBeGreaterThan(0.25);
  }
});

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

/** 1 for the same sound, 0 for one that has nothing to do with it; between them for a part of it. */
function likeness(a: Float32Array, b: Float32Array): number {
  const sum = (of: (at: number) => number) => a.reduce((all, _, at) => all + of(at), 0);
  const [x, y] = [(at: number) => a[at] ?? 0, (at: number) => b[at] ?? 0];
  return sum((at) => x(at) * y(at)) / Math.sqrt(sum((at) => x(at) ** 2) * sum((at) => y(at) ** 2));
}
