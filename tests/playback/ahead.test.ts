/** Places far ahead of a copy that nobody has made yet. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { type Sound, SoundNotes } from '../../src/audio/sound-notes.ts';
import { outsideDecoder } from '../../src/decoders/outside.ts';
import { CopySpool } from '../../src/playback/copy-spool.ts';
import { makeSound } from '../../src/playback/make-sound.ts';
import { keepSoundIfWanted, noteSound } from '../../src/playback/sounds.ts';
import { PlaybackThreads } from '../../src/playback/threads.ts';
import { transact } from '../../src/store/announcements.ts';
import { FFMPEG, fixture } from '../decoders/tone.ts';
import { madeBy } from './parts-ahead.ts';
import { HEADERS, inOne, SlowFolder, scene } from './scene.ts';

/** A recording that a worker has heard: what goes through all of its file comes to nothing. @param noted what is stored of it */
async function ahead(file: Uint8Array, ffmpeg: string | null, noted = (sound: Sound) => sound) {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-ahead-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // Nothing that goes through the whole file comes to its first second.
  const store = new SlowFolder(folder, 0);
  await store.prepare();
  const { api, blobs } = await scene(file, store, ffmpeg);
  const notes = new SoundNotes();
  const heard = decode(inOne(file), null, emptyReport(), 0, 0, outsideDecoder(ffmpeg), notes.trace);
  for await (const _ of notes.passing(heard));
  await transact(api.db, async (tx) => await noteSound(tx, 'rec', noted(notes.end())));
  const part = async (format: string, range: string) => {
    const url = `${api.url}/api/v1/recordings/rec/audio?format=${format}`;
    const response = await fetch(url, { headers: { ...HEADERS, range } });
    return [
      response.status,
      response.headers.get('etag'),
      Buffer.from(await response.arrayBuffer()),
    ] as const;
  };
  return { api, blobs, store, part };
}

const mp3 = () => Buffer.concat(Array.from({ length: 20 }, () => fixture('tone.mp3')));
const m4a = async () => await madeBy(['-c:a', 'aac', '-aac_pns', '0', '-ar', '44100', '-f', 'ipod']);

test.each([
  { name: 'MP3', ffmpeg: null, made: mp3 },
  ...(FFMPEG === null ? [] : [{ name: 'M4A', ffmpeg: FFMPEG, made: m4a }]),
])(
  'a place far ahead of a copy is heard from the file itself, with the bytes that the copy will have: $name',
  async ({ ffmpeg, made }) => {
    const { api, blobs, store, part } = await ahead(await made(), ffmpeg);
    const places = [
      ['wav', 'bytes=1300000-1400000'],
      ['wav', 'bytes=0-50000'],
      ['ogg', 'bytes=120000-150000'],
      ['wav', 'bytes=-20000'],
    ] as const;
    const parts = [];
    for (const place of places) parts.push(await part(place[0], place[1]));
    expect(parts.map(([status]) => status)).toEqual(places.map(() => 206));

    store.restIsThere.resolve();
    const threads = new PlaybackThreads(ffmpeg);
    const keep = (...sound: Parameters<Parameters<typeof makeSound>[0]['keep']>) =>
      transact(api.db, async (tx) => await keepSoundIfWanted(tx, ...sound));
    const { signal } = new AbortController();
    await makeSound({ db: api.db, blobs, threads, keep }, 'rec', new CopySpool(), signal);
    await threads.close();
    expect(await api.db.selectFrom('sounds_to_copy').selectAll().execute()).toEqual([]);
    for (const [at, place] of places.entries()) expect(await part(place[0], place[1])).toEqual(parts[at]);
  },
);

test('a recording of which wrong notes were stored waits for its copy', async () => {
  const noted = (sound: Sound): Sound => {
    if (!sound.seek) throw new Error('no index was noted');
    const points = sound.seek.points.map(({ frame }) => ({ at: 1e15, frame }));
    return { ...sound, seek: { ...sound.seek, points } };
  };
  const { store, part } = await ahead(mp3(), null, noted);
  let isHeard = false;
  const waiting = part('wav', 'bytes=1300000-1400000').finally(() => (isHeard = true));
  // The beginning needs no notes.
  expect((await part('wav', 'bytes=0-50000'))[0]).toBe(206);
  expect(isHeard).toBe(false);
  store.restIsThere.resolve();
  expect((await waiting)[0]).toBe(206);
});
