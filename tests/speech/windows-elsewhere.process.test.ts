/** Windows of long recordings that other threads hear, while their recordings wait or their threads fail. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ListeningThreads } from '../../src/speech/audio-thread/pool.ts';
import { Listening, type ListeningOptions } from '../../src/speech/audio-thread/session.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { all, CACHE_DIR, chunks, clip } from './clips.ts';

const RATE = 16_000;
const CHUNK_BYTES = 64 * 1024;
/** The second window is begun at 122 s. Whoever takes nothing after 90 s stops the thread at 150 s. */
const HELD_FROM_MS = 90_000;
/** A thread that has not read in this time has stopped. */
const LOOK_EVERY_MS = 250;
const tale = await clip('two-cities');

const open: Listening[] = [];
const listeningWith = (options: ListeningOptions) => {
  const listening = new Listening({ modelDirs: [CACHE_DIR], ...options });
  open.push(listening);
  return listening;
};
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((listening) => listening.close()));
});

const patient = () => ({ signal: new AbortController().signal });
const faulty = fileURLToPath(new URL('./fixtures/faulty-window.ts', import.meta.url));

/** The tale again and again, with four seconds of silence in between. */
function recordingOf(seconds: number): Uint8Array {
  const audio = new Float32Array(seconds * RATE);
  for (let at = 0; at < audio.length; at += tale.length + 4 * RATE)
    audio.set(tale.subarray(0, audio.length - at), at);
  return wavFile(pcm16Bytes(audio), { tag: 1, bits: 16, channels: 1, rate: RATE });
}
const long = recordingOf(400);

/** Begins a recording of which nobody takes anything from 90 s on, until `goOn` is called. */
function heldRecording(listening: Listening, { signal } = patient()) {
  const { promise: isGoingOn, resolve: goOn } = Promise.withResolvers<void>();
  let readBytes = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    for (; readBytes < long.length; readBytes += CHUNK_BYTES)
      yield long.slice(readBytes, readBytes + CHUNK_BYTES);
  }
  const places: number[][] = [];
  const take = async () => {
    for await (const event of listening.start(read(), null, { signal }).events) {
      if (event.type === 'piece') places.push([event.piece.startMs, event.piece.endMs]);
      if (event.type === 'heard' && event.untilMs === HELD_FROM_MS) await isGoingOn;
    }
    return places;
  };
  const hasStopped = async () => {
    for (let before = -1; readBytes === 0 || readBytes > before; await delay(LOOK_EVERY_MS))
      before = readBytes;
  };
  return { done: take(), hasStopped, goOn };
}

const placesOf = async (listening: Listening) =>
  (await all(listening.start(chunks([long]), null, patient()).pieces)).map(({ startMs, endMs }) => [
    startMs,
    endMs,
  ]);

describe('a long recording whose pieces nobody takes for a while', () => {
  test('is heard by the only core that there is', async () => {
    const one = listeningWith({ threads: 1 });
    const held = heldRecording(one);
    await held.hasStopped();
    held.goOn();
    expect(await held.done).toEqual(await placesOf(one));
  });

  test.each([1, 2])('keeps no thread from the windows of others (%i such)', async (count) => {
    const run = vi.spyOn(ListeningThreads.prototype, 'run');
    const windows = () => run.mock.calls.filter(([task]) => 'window' in task).length;
    const two = listeningWith({ threads: 2, stallMs: 10_000 });
    const held = Array.from({ length: count }, () => heldRecording(two));
    await vi.waitFor(() => expect(windows()).toBe(count), { timeout: 30_000 });
    const places = await placesOf(two);
    // It has four windows, of which the first is its own thread's.
    expect(windows()).toBeGreaterThan(count);
    for (const { goOn } of held) goOn();
    for (const { done } of held) expect(await done).toEqual(places);
  });
});

test('windows that come together are heard by all threads that there may be', async () => {
  const run = vi.spyOn(ListeningThreads.prototype, 'run');
  await placesOf(listeningWith({ threads: 3 }));
  const pools = run.mock.calls.flatMap(([task], index) =>
    'window' in task ? [run.mock.contexts[index]] : [],
  );
  expect(new Set(pools.map((pool) => (pool as ListeningThreads).threads))).toEqual(new Set([2]));
});

describe('a window that', () => {
  test.each([
    ['cannot be begun', 'refuses'],
    ['cannot be heard to its end', 'throws'],
    ['ends its thread', 'ends'],
  ])('%s fails its recording, which can be heard again', async (_, fault) => {
    vi.stubEnv('AFTERWORD_TEST_WINDOW', fault);
    const three = listeningWith({ threads: 3, windowEntry: faulty });
    const hear = all(three.start(chunks([long]), null, patient()).pieces);
    await expect(hear).rejects.toMatchObject({ name: 'ListeningError', kind: 'crashed' });
    // What comes beside it and is too short for windows is not touched.
    const short = three.start(chunks([recordingOf(40)]), null, patient());
    expect((await all(short.pieces)).length).toBeGreaterThan(1);
    await three.close();
  });

  test('is not answered is waited for by nobody once its recording is given up', async () => {
    vi.stubEnv('AFTERWORD_TEST_WINDOW', 'silent');
    const two = listeningWith({ threads: 2, windowEntry: faulty });
    const giveUp = new AbortController();
    const held = heldRecording(two, giveUp);
    await held.hasStopped();
    giveUp.abort(new Error('not needed'));
    held.goOn();
    await expect(held.done).rejects.toThrow('not needed');
    await two.close();
  });
});
