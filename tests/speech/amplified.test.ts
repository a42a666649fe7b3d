import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinedFloats } from '../../src/audio/pcm16.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { levelDb } from '../audio/collect.ts';
import { all, chunks, inChunks, noise } from './clips.ts';

const RATE = 16_000;

async function listenedTo(samples: Float32Array, size = RATE): Promise<Float32Array> {
  return joinedFloats(await all(amplified(inChunks(samples, size))));
}

/** Syllables of a tone with pauses, as loud as they are said to be. */
function voice(seconds: number, db: number): Float32Array {
  const amplitude = Math.SQRT2 * 10 ** (db / 20);
  return Float32Array.from(
    { length: seconds * RATE },
    (_, i) =>
      Math.sin((2 * Math.PI * 220 * i) / RATE) *
      amplitude *
      Math.max(0, Math.sin((2 * Math.PI * 2 * i) / RATE)),
  );
}

describe('sound as it is listened to', () => {
  test.each([-40, -50, -60, -70])('a voice at %d dB is as loud as one nearby', async (db) => {
    const level = levelDb(await listenedTo(voice(70, db)));
    expect(level).toBeGreaterThan(-32);
    expect(level).toBeLessThan(-20);
  });

  test('a voice nearby stays as it is, sample by sample', async () => {
    const near = voice(70, -20);
    expect(await listenedTo(near)).toEqual(near);
  });

  test.each([-100, -82])('silence at %d dB stays silence', async (db) => {
    const silence = voice(40, db);
    expect(await listenedTo(silence)).toEqual(silence);
    expect(await listenedTo(new Float32Array(40 * RATE))).toEqual(new Float32Array(40 * RATE));
  });

  test('a steady noise stays as it is', async () => {
    const hiss = noise(40, 0.002);
    expect(await listenedTo(hiss)).toEqual(hiss);
  });

  test('nothing at all is nothing', async () => {
    expect(await all(amplified(chunks([])))).toEqual([]);
  });

  test('the result does not depend on how the sound arrives', async () => {
    const mixed = new Float32Array([...voice(31, -55), ...voice(33, -30), ...voice(9, -65)]);
    const expected = await listenedTo(mixed);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: 200_000 }), async (size) => {
        expect(await listenedTo(mixed, size)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
