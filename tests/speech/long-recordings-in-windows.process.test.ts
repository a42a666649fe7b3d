import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { ListeningThreads } from '../../src/speech/audio-thread/pool.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { PcmPiece } from '../../src/speech/splitting/piece.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';
import { FFMPEG } from '../decoders/tone.ts';
import { all, CACHE_DIR, chunks, clip, inChunks, outside } from './clips.ts';
import { inOneGo } from './in-one-go.ts';
import { spokenWords } from './word-error-rate.ts';

const RATE = 16_000;
const clips = await Promise.all(
  ['two-cities', 'digits', 'se10-2', 'two-cities', 'se10-3', 'se10-4'].map(clip),
);
const alone = new Listening({ threads: 1 });
// With the model that runs faster, as workers do, and cut the same.
const many = new Listening({ threads: 3, modelDirs: [CACHE_DIR] });
afterAll(async () => {
  await Promise.all([alone.close(), many.close()]);
});

/** The clips one after the other with growing pauses, so that borders between windows lie in words and in pauses. */
function talk(seconds: number, pauseSeconds: number, of = clips): Float32Array {
  const audio = new Float32Array(seconds * RATE);
  for (let n = 0, at = 0; at < audio.length; n++) {
    const sound = of[n % of.length] ?? new Float32Array(RATE);
    audio.set(sound.subarray(0, audio.length - at), at);
    at += sound.length + Math.round(((n % 4) + 1) * pauseSeconds * RATE);
  }
  return audio;
}

const wav = (audio: Float32Array) =>
  wavFile(pcm16Bytes(audio), { tag: 1, bits: 16, channels: 1, rate: RATE });
/** As long as it takes to transcribe a piece of a quarter of a minute: meanwhile other threads hear more of the window. */
const CALL_MS = 40;
async function takenSlowly<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const piece of pieces) {
    taken.push(piece);
    await delay(CALL_MS);
  }
  return taken;
}
const patient = () => ({ signal: new AbortController().signal });
const places = (pieces: readonly Pick<PcmPiece, 'startMs' | 'endMs'>[]) =>
  pieces.map(({ startMs, endMs }) => [startMs, endMs]);

describe('a long recording', () => {
  test.each([0.1, 0.6, 1.7])(
    'is cut as it is in one go, whoever hears its windows (pauses from %s s)',
    async (pause) => {
      const audio = talk(330, pause);
      const [one, three, here, whole] = [
        await all(alone.start(chunks([wav(audio)]), null, patient()).pieces),
        await takenSlowly(many.start(chunks([wav(audio)]), null, patient()).pieces),
        await all(cut(listen(amplified(inChunks(audio, 7919))))),
        await inOneGo(audio),
      ];
      expect(three).toEqual(one);
      expect(places(here)).toEqual(places(one));
      expect(one.length).toBe(whole.length);
      for (const [index, { startMs, endMs }] of one.entries()) {
        expect(Math.abs(startMs - (whole[index]?.startMs ?? 0))).toBeLessThanOrEqual(64);
        expect(Math.abs(endMs - (whole[index]?.endMs ?? 0))).toBeLessThanOrEqual(64);
      }
    },
  );

  test('that is known to be long is begun by others, and cut the same', async () => {
    const bytes = wav(talk(330, 1.7));
    // With calls of ten minutes nothing is cut before all of it is heard, so that no piece depends on how fast that is.
    const plan = {
      sizeBytes: bytes.length,
      decided: [],
      callsAtOnce: 4,
      cost: { ms: 600_000, msPerSecond: 0 },
      shortestSeconds: 15,
      longestSeconds: 60,
    };
    const byOne = new Listening({ threads: 1, cut: { maxSeconds: 60, joinSeconds: 110, pauseSeconds: 2 } });
    const byThree = new Listening({ threads: 3, cut: { maxSeconds: 60, joinSeconds: 110, pauseSeconds: 2 } });
    try {
      const one = await all(byOne.start(chunks([bytes]), null, { ...patient(), plan }).pieces);
      const three = await all(byThree.start(chunks([bytes]), null, { ...patient(), plan }).pieces);
      expect(one.length).toBeGreaterThan(3);
      expect(three).toEqual(one);
    } finally {
      await Promise.all([byOne.close(), byThree.close()]);
    }
  });

  test.skipIf(FFMPEG === null)(
    'of a phone, whose index lies behind the sound, is heard by others too',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'afterword-m4a-'));
      const path = join(folder, 'phone.m4a');
      execFileSync(FFMPEG ?? '', ['-loglevel', 'error', '-i', 'pipe:0', '-c:a', 'aac', '-b:a', '64k', path], {
        input: wav(talk(600, 0.6)),
      });
      const bytes = new Uint8Array(await readFile(path));
      await rm(folder, { recursive: true });
      const run = vi.spyOn(ListeningThreads.prototype, 'run');
      const plan = {
        sizeBytes: bytes.length,
        decided: [],
        callsAtOnce: 4,
        cost: { ms: 1000, msPerSecond: 60 },
        shortestSeconds: 15,
        longestSeconds: 60,
      };
      const phone = new Listening({
        threads: 3,
        cut: { maxSeconds: 60, joinSeconds: 110, pauseSeconds: 2 },
        ffmpeg: FFMPEG,
      });
      const pieces = await all(phone.start(chunks([bytes]), null, { ...patient(), plan }).pieces).finally(
        () => phone.close(),
      );
      const windows = run.mock.calls.filter(([task]) => 'window' in task).length;
      run.mockRestore();
      expect(windows).toBeGreaterThanOrEqual(2);
      // Ten of a minute: how much follows is known, and no piece is shorter because all of the file was read at once.
      expect(pieces.length).toBeLessThanOrEqual(13);
    },
  );

  test('has the words that it has in one go', async () => {
    const moonshine = await createMoonshine({ cacheDir: CACHE_DIR, threads: 1, model: 'tiny' });
    try {
      const words = async (pieces: readonly PcmPiece[]) => {
        const said: string[] = [];
        for (const { samples } of pieces) {
          const { segments } = await moonshine.transcribe({ samples, sampleRateHz: RATE }, patient());
          said.push(...spokenWords(segments.map(({ text }) => text).join(' ')));
        }
        return said;
      };
      const audio = talk(300, 0.6, clips.slice(0, 1));
      const [one, whole] = [
        await all(alone.start(chunks([wav(audio)]), null, patient()).pieces),
        (await inOneGo(audio)).map(outside),
      ];
      // The same sound gives the same words, so what lies around the borders is asked about.
      const soundOf = ({ samples }: PcmPiece) => Buffer.from(samples.buffer).toString('latin1');
      const [ofOne, ofWhole] = [new Set(one.map(soundOf)), new Set(whole.map(soundOf))];
      const otherOfOne = one.filter((piece) => !ofWhole.has(soundOf(piece)));
      const otherOfWhole = whole.filter((piece) => !ofOne.has(soundOf(piece)));
      expect(otherOfOne.length).toBeGreaterThan(0);
      expect(otherOfOne.length).toBeLessThan(one.length);
      expect(await words(otherOfOne)).toEqual(await words(otherOfWhole));
    } finally {
      await moonshine.close();
    }
  });

  test('on all cores does not hold up a short one that comes later', async () => {
    const long = many.start(chunks([wav(talk(900, 0.6))]), null, patient());
    const ended: string[] = [];
    let short: Promise<unknown> | undefined;
    for await (const event of long.events) {
      if (event.type !== 'heard' || short) continue;
      short = all(many.start(chunks([wav(talk(20, 0.6))]), null, patient()).pieces).then(() =>
        ended.push('short'),
      );
    }
    ended.push('long');
    await short;
    expect(ended).toEqual(['short', 'long']);
  });

  test('leaves no core idle beside another long one, since both share a thread', async () => {
    const two = new Listening({ threads: 2, modelDirs: [CACHE_DIR] });
    const run = vi.spyOn(ListeningThreads.prototype, 'run');
    const audio = talk(900, 0.6);
    const both = Array.from({ length: 2 }, () =>
      all(two.start(chunks([wav(audio)]), null, patient()).pieces),
    );
    const [one, other] = await Promise.all(both).finally(() => two.close());
    const windows = run.mock.calls.filter(([task]) => 'window' in task).length;
    run.mockRestore();
    // Each has eight windows, of which the thread that they share hears half.
    expect(windows).toBeGreaterThanOrEqual(5);
    expect(places(one ?? [])).toEqual(places(other ?? []));
  });

  test('that is given up leaves no window behind', async () => {
    const long = many.start(chunks([wav(talk(600, 0.6))]), null, patient());
    for await (const event of long.events) if (event.type === 'heard' && event.untilMs >= 240_000) break;
    const again = many.start(chunks([wav(talk(20, 0.6))]), null, patient());
    expect((await all(again.pieces)).length).toBeGreaterThan(0);
    await expect(long.summary).rejects.toMatchObject({ kind: 'given_up' });
  });
});
