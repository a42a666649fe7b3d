/** A format that cannot be played from any second gets a copy while it is heard, and what comes of the copy. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { acquireLease } from '../../src/engine/leases.ts';
import { HeardCopy } from '../../src/pipeline/heard-copy.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { openBlobs } from '../../src/store/blobs/open.ts';
import { decoded, edges, fixture } from '../decoders/tone.ts';
import { databaseForTest, log } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { startPlacer } from '../support/timeline.ts';
import { Person } from './person.ts';

const TONE = [500, 1_500, 2_000, 2_500];
const server = useServer({ AFTERWORD_AUDIO_KEY: 'ab'.repeat(32) });

test('a fresh MP3 can be played from any second as soon as it was heard, and its copy is encrypted and goes with it', async () => {
  const person = new Person(server, 'ada');
  const sent = { name: 'memo.mp3', bytes: new Uint8Array(fixture('tone.mp3')) };
  const { id } = await person.uploadTold(sent, Date.UTC(2026, 2, 3, 9));
  const [file] = (await person.uploadDone(id)).files;
  expect(file?.outcome).toBe('silent');
  const copies = () =>
    server.query((db) =>
      db
        .selectFrom('recording_sounds')
        .innerJoin('object_keys', 'object_keys.key', 'copy_key')
        .innerJoin('object_holds', 'object_holds.key', 'copy_key')
        .select(['recording_id', 'copy_key', 'samples', 'object_keys.size_bytes as bytes'])
        .execute(),
    );
  const [copy] = await copies();
  expect(copy?.recording_id).toBe(file?.recordingId);
  expect(copy?.bytes).toBe(60 * Math.ceil(((copy?.samples ?? 0) + 104) / 320));
  const audio = await person.fetch(`/api/v1/recordings/${file?.recordingId}/audio`);
  const { samples } = await decoded(new Uint8Array(await audio.arrayBuffer()));
  for (const [index, ms] of edges(samples).entries())
    expect(Math.abs(ms - (TONE[index] ?? 0))).toBeLessThanOrEqual(50);
  await person.fetch(`/api/v1/recordings/${file?.recordingId}`, { method: 'DELETE' });
  expect(await copies()).toEqual([]);
  const toFree = await server.query((db) => db.selectFrom('objects_to_free').select('key').execute());
  expect(toFree.map(({ key }) => key)).toContain(copy?.copy_key);
});

/** Hears a file as a worker does, and lets something happen before its copy is kept. */
async function heard(name: string, before: (scene: Awaited<ReturnType<typeof makeScene>>) => Promise<void>) {
  const scene = await makeScene();
  const { context, listening } = scene;
  const copy = new HeardCopy(context, { recordingId: 'a', attempt: 1 });
  const bytes = (async function* () {
    yield fixture(name);
  })();
  const session = listening.start(bytes, null, { signal: new AbortController().signal, copied: copy.add });
  for await (const _ of session.events);
  const { sound } = await session.summary;
  await before(scene);
  copy.heard(sound);
  await copy.settled();
  const rows = await scene.db.selectFrom('recording_sounds').select('copy_key').execute();
  return { sound, kept: rows.map(({ copy_key }) => copy_key), objects: await scene.objects() };
}

async function makeScene() {
  const { db, databaseUrl } = await databaseForTest();
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  const folder = await mkdtemp(join(tmpdir(), 'afterword-copy-'));
  const listening = new Listening({ threads: 1 });
  onTestFinished(async () => {
    await listening.close();
    await lease.release();
    await placer.stop();
    await rm(folder, { recursive: true });
  });
  await placer.place({ id: 'a', userId: 'ada', microphone: 'omi', startedAtMs: 0, words: [] });
  await db.updateTable('recordings').set({ finished_at_ms: null }).execute();
  const objects = async () =>
    (await readdir(folder, { recursive: true })).flatMap((path) => path.match(/[0-9a-f]{32}$/) ?? []);
  const context = { db, lease, blobs: await openBlobs(folder), log };
  return { db, context, listening, objects };
}

test('it is kept once, and nothing of it is left where nobody wants it any more', async () => {
  const { sound, kept, objects } = await heard('tone.flac', async () => {});
  expect(sound).toMatchObject({ isOfCopy: true, map: { kind: 'opus' } });
  expect(kept).toEqual(objects);
  expect(objects).toHaveLength(1);

  const stale = await heard('tone.flac', async ({ db }) => {
    await db.updateTable('recordings').set({ attempt: 2 }).execute();
  });
  expect([stale.kept, stale.objects]).toEqual([[], []]);

  const lost = await heard('tone-vorbis.ogg', async ({ context }) => {
    await context.lease.release();
  });
  // Whether the row was written is not known to a worker whose lease is gone: the search for orphans decides.
  expect([lost.kept, lost.objects.length]).toEqual([[], 1]);
});
