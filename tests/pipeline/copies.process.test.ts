/** A format that cannot be played from any second gets a copy once it was listened to, and what comes of the copy. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { copyAll, startCopying } from '../../src/pipeline/copies.ts';
import { noteSound } from '../../src/playback/sounds.ts';
import { PlaybackThreads } from '../../src/playback/threads.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { transact } from '../../src/store/announcements.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { decoded, edges, fixture } from '../decoders/tone.ts';
import { databaseForTest, log } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { startPlacer } from '../support/timeline.ts';
import { Person } from './person.ts';

const TONE = [500, 1_500, 2_000, 2_500];
const server = useServer({ AFTERWORD_AUDIO_KEY: 'ab'.repeat(32) });

test('a fresh MP3 can be played from any second as soon as its words are there, and its copy is encrypted and goes with it', async () => {
  const person = new Person(server, 'ada');
  const sent = { name: 'memo.mp3', bytes: new Uint8Array(fixture('tone.mp3')) };
  const { id } = await person.uploadTold(sent, Date.UTC(2026, 2, 3, 9));
  const [file] = (await person.uploadDone(id)).files;
  expect(file?.outcome).toBe('silent');
  const audio = await person.fetch(`/api/v1/recordings/${file?.recordingId}/audio`);
  expect(audio.status).toBe(200);
  const { samples } = await decoded(new Uint8Array(await audio.arrayBuffer()));
  for (const [index, ms] of edges(samples).entries())
    expect(Math.abs(ms - (TONE[index] ?? 0))).toBeLessThanOrEqual(50);
  const copies = () =>
    server.query((db) =>
      db
        .selectFrom('recording_sounds')
        .innerJoin('object_keys', 'object_keys.key', 'copy_key')
        .innerJoin('object_holds', 'object_holds.key', 'copy_key')
        .select(['recording_id', 'copy_key', 'samples', 'object_keys.size_bytes as bytes'])
        .execute(),
    );
  await expect.poll(copies, { timeout: 60_000 }).toHaveLength(1);
  const [copy] = await copies();
  expect(copy?.recording_id).toBe(file?.recordingId);
  expect(copy?.bytes).toBe(60 * Math.ceil(((copy?.samples ?? 0) + 104) / 320));
  await person.fetch(`/api/v1/recordings/${file?.recordingId}`, { method: 'DELETE' });
  expect(await copies()).toEqual([]);
  const toFree = await server.query((db) => db.selectFrom('objects_to_free').select('key').execute());
  expect(toFree.map(({ key }) => key)).toContain(copy?.copy_key);
});

/** A store of which reading fails as if it were away, while it is so. */
class Folder extends FolderBlobStore {
  isAway = false;
  broken: { key: string; code: string } | null = null;
  onRead: () => Promise<unknown> = async () => {};

  override async *open(...args: Parameters<FolderBlobStore['open']>) {
    await this.onRead();
    const { key, code } = this.broken ?? {};
    if (args[0] === key) throw Object.assign(new Error(`${code}: i/o error, read`), { code });
    if (this.isAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    yield* super.open(...args);
  }
}

/** A worker that has heard some files as far as their words. */
async function scene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  const folder = await mkdtemp(join(tmpdir(), 'afterword-copy-'));
  const blobs = new Folder(folder);
  await blobs.prepare();
  const listening = new Listening({ threads: 1 });
  const threads = new PlaybackThreads(null, { isIdle: true });
  onTestFinished(async () => {
    await listening.close();
    await threads.close();
    await lease.release().catch(() => {});
    await placer.stop();
    await rm(folder, { recursive: true });
  });
  const heard = async (id: string, name: string, bytes = fixture(name)) => {
    await placer.place({ id, userId: 'ada', microphone: 'omi', startedAtMs: 0, words: [] });
    const one = async function* () {
      yield bytes;
    };
    const { key } = await blobs.put(one());
    await db.insertInto('blobs').values({ sha256: id, object_key: key, stored_at_ms: 0 }).execute();
    const source = async function* () {
      yield fixture(name);
    };
    const session = listening.start(source(), null, { signal: new AbortController().signal });
    for await (const _ of session.events);
    const { sound } = await session.summary;
    await transact(db, async (tx) => await noteSound(tx, id, sound));
    return key;
  };
  const state = async () => {
    const files = await readdir(folder, { recursive: true });
    return {
      toCopy: (
        await db.selectFrom('sounds_to_copy').select('recording_id as id').orderBy('id').execute()
      ).map(({ id }) => id),
      kept: (
        await db.selectFrom('recording_sounds').select('recording_id as id').orderBy('id').execute()
      ).map(({ id }) => id),
      objects: files.flatMap((path) => path.match(/[0-9a-f]{32}$/) ?? []).length,
    };
  };
  const context = { db, lease, blobs, log };
  const copy = () => copyAll(context, threads, new AbortController().signal);
  return { db, databaseUrl, blobs, lease, heard, state, copy, threads, context };
}

test('each is made once, also by another worker than the one that began it, and one that cannot be is left to whoever listens', async () => {
  const { db, blobs, heard, state, copy } = await scene();
  await heard('a', 'tone.flac');
  await heard('b', 'tone-vorbis.ogg');
  await heard('c', 'tone.mp3', Uint8Array.of(1, 2, 3));
  expect(await state()).toEqual({ toCopy: ['a', 'b', 'c'], kept: [], objects: 3 });
  // By a worker that has died.
  await db.updateTable('sounds_to_copy').set({ taken_by: 'dead' }).where('recording_id', '=', 'a').execute();
  blobs.isAway = true;
  await expect(copy()).rejects.toThrow('ECONNREFUSED');
  expect(await state()).toEqual({ toCopy: ['a', 'b', 'c'], kept: [], objects: 3 });
  blobs.isAway = false;
  await copy();
  await copy();
  expect(await state()).toEqual({ toCopy: [], kept: ['a', 'b'], objects: 5 });
});

test('a file that cannot be read now keeps no other from being made, and is tried again', async () => {
  const { db, blobs, heard, state, copy } = await scene();
  const key = await heard('a', 'tone.flac');
  await heard('b', 'tone-vorbis.ogg');
  // Noted before the clock was set back.
  const noted_at_ms = Date.now() + 60_000;
  await db.updateTable('sounds_to_copy').set({ noted_at_ms }).where('recording_id', '=', 'b').execute();
  for (const code of ['EIO', 'EIO', 'ENOSPC']) {
    blobs.broken = { key, code };
    await expect(copy()).rejects.toThrow(code);
  }
  expect(await state()).toMatchObject({ toCopy: ['a'], kept: ['b'] });
  blobs.broken = null;
  await copy();
  expect(await state()).toMatchObject({ toCopy: [], kept: ['a', 'b'] });
});

test('two workers that look at the same moment do not make the same copy', async () => {
  const { db, databaseUrl, blobs, heard, threads, context } = await scene();
  await heard('a', 'tone.flac');
  const other = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => await other.release().catch(() => {}));
  let reads = 0;
  blobs.onRead = async () => void reads++;
  const copying = await db.transaction().execute(async (tx) => {
    await tx.selectFrom('sounds_to_copy').select('recording_id').forUpdate().execute();
    const both = [context, { ...context, lease: other }].map((one) =>
      copyAll(one, threads, new AbortController().signal),
    );
    // Both have found it, and wait for its row.
    const waiting = () =>
      sql<{ n: number }>`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'update%sounds_to_copy%'`.execute(
        db,
      );
    await expect.poll(async () => (await waiting()).rows[0]?.n, { timeout: 10_000 }).toBe(2);
    return both;
  });
  await Promise.all(copying);
  expect(reads).toBe(1);
});

test('a worker makes what it is told of at once, and nothing after its stop', async () => {
  const { heard, state, context } = await scene();
  await heard('a', 'tone-vorbis.ogg');
  const copying = startCopying(context, null, 600_000);
  onTestFinished(async () => await copying.stop());
  copying.stir();
  await expect.poll(async () => (await state()).kept, { timeout: 30_000 }).toEqual(['a']);
  await copying.stop();
  await heard('b', 'tone-vorbis.ogg');
  copying.stir();
  await copying.stop();
  expect(await state()).toEqual({ toCopy: ['b'], kept: ['a'], objects: 3 });
});

test('nothing of it is left where its recording or its worker has gone meanwhile', async () => {
  const { db, blobs, lease, heard, state, copy } = await scene();
  await heard('a', 'tone.flac');
  blobs.onRead = () =>
    db.updateTable('recordings').set({ outcome: 'deleted' }).where('id', '=', 'a').execute();
  await copy();
  expect(await state()).toEqual({ toCopy: [], kept: [], objects: 1 });
  await heard('b', 'tone.flac');
  blobs.onRead = () =>
    db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).where('id', '=', 'b').execute();
  await copy();
  expect(await state()).toEqual({ toCopy: [], kept: [], objects: 2 });
  await heard('c', 'tone-vorbis.ogg');
  blobs.onRead = () => lease.release();
  await expect(copy()).rejects.toThrow();
  // Whether the row was written is not known to a worker whose lease is gone: the search for orphans decides.
  expect(await state()).toEqual({ toCopy: ['c'], kept: [], objects: 4 });
});
