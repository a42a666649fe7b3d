/** Sound that comes twice at the border of two files is found however it was encoded; other sound never counts as that. */
import fc from 'fast-check';
import { Application, createDecoder, createEncoder } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { isDoubled } from '../../src/speech/splitting/doubled.ts';
import { clip } from './clips.ts';

const RATE = 16_000;
const PACKET = 320;
const sound = await clip('two-cities');
const SECONDS = sound.length / RATE;

const from = (seconds: number, forSeconds: number) =>
  sound.slice(Math.round(seconds * RATE), Math.round((seconds + forSeconds) * RATE));

/** As another recorder, or another version of the app, would store the same sound. */
async function encoded(samples: Float32Array, bitrate: number): Promise<Float32Array> {
  const encoder = await createEncoder({
    sampleRate: RATE,
    channels: 1,
    application: Application.Voip,
    bitrate,
    frameSize: PACKET,
  });
  const decoder = await createDecoder({ sampleRate: RATE, channels: 1 });
  try {
    const packets = Math.floor(samples.length / PACKET);
    const heard = new Float32Array(packets * PACKET);
    for (let n = 0; n < packets; n++) {
      const packet = encoder.encodeFloat(samples.subarray(n * PACKET, (n + 1) * PACKET));
      heard.set(decoder.decodeFloat(packet).subarray(0, PACKET), n * PACKET);
    }
    return heard;
  } finally {
    encoder.free();
    decoder.free();
  }
}

/** A second microphone's clock: its samples lie between those of the first one, and drift. */
function byAnotherClock(samples: Float32Array, partsPerMillion: number): Float32Array {
  return Float32Array.from({ length: samples.length - 16 }, (_, n) => {
    const at = 0.4 + n * (1 + partsPerMillion / 1e6);
    const [whole, part] = [Math.floor(at), at - Math.floor(at)];
    return (samples[whole] ?? 0) * (1 - part) + (samples[whole + 1] ?? 0) * part;
  });
}

/** Hiss that never repeats itself (a xorshift of 32 bits). */
function noise(seconds: number, amplitude: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: seconds * RATE }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (amplitude * state) / 2 ** 31;
  });
}

function tone(seconds: number, hertz: number, amplitude: number, phase = 0): Float32Array {
  return Float32Array.from(
    { length: seconds * RATE },
    (_, n) => amplitude * Math.sin(2 * Math.PI * hertz * (n / RATE) + phase),
  );
}

const added = (one: Float32Array, other: Float32Array) => one.map((sample, at) => sample + (other[at] ?? 0));

/** Places where somebody speaks for the half second that is compared. */
const SPOKEN_AT = [6.2, 12.4, 20.1, 33];

describe('sound that comes twice', () => {
  it.each([0.5, 0.8, 1.2, 1.9])('is found when the next file begins %s s early', (earlyS) => {
    for (const atS of SPOKEN_AT) expect(isDoubled(from(atS - 3, 3), from(atS - earlyS, 4))).toBe(true);
  });

  it.each([0.25, 4])('is found at %s of its loudness', (gain) => {
    for (const atS of SPOKEN_AT)
      expect(
        isDoubled(
          from(atS - 3, 3).map((s) => s * gain),
          from(atS - 1, 4),
        ),
      ).toBe(true);
  });

  it.each([12_000, 16_000, 24_000, 32_000])('is found after Opus at %s bit/s', async (bitrate) => {
    for (const atS of SPOKEN_AT) {
      const left = await encoded(from(atS - 3, 3), 32_000);
      expect(isDoubled(left, await encoded(from(atS - 1, 4), bitrate)), `at ${atS} s`).toBe(true);
    }
  });

  it.each([0, 20, -50])('is found by a clock that is %s millionths fast', (partsPerMillion) => {
    for (const atS of SPOKEN_AT)
      expect(isDoubled(from(atS - 3, 3), byAnotherClock(from(atS - 1, 4), partsPerMillion))).toBe(true);
  });
});

describe('what does not come twice', () => {
  it('is speech that goes on, wherever the file ends', () => {
    for (let atS = 3; atS < SECONDS - 4; atS += 1.31)
      expect(isDoubled(from(atS - 3, 3), from(atS, 4)), `at ${atS} s`).toBe(false);
  });

  it('is a phrase that somebody says again', () => {
    const anyTwo = fc.tuple(fc.integer({ min: 300, max: 2000 }), fc.integer({ min: 2000, max: 4000 }));
    fc.assert(
      fc.property(anyTwo, ([leftEnd, rightStart]) => {
        expect(isDoubled(from(leftEnd / 100 - 2.5, 2.5), from(rightStart / 100, 2.5))).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['silence', new Float32Array(4 * RATE), new Float32Array(4 * RATE)],
    ['steady noise', noise(4, 0.05, 1), noise(4, 0.05, 2)],
    ['the hum of a device', tone(4, 100, 0.05), tone(4, 100, 0.05, 1)],
    ['a whistling fan', tone(4, 1000, 0.02), tone(4, 1000, 0.02, 1)],
    [
      'a hum with its overtones in a noisy room',
      added(added(tone(4, 120, 0.05), tone(4, 240, 0.03)), noise(4, 0.001, 1)),
      added(added(tone(4, 120, 0.05, 1), tone(4, 240, 0.03, 2)), noise(4, 0.001, 2)),
    ],
    ['a side that is too short to tell', from(3, 3), from(5.7, 0.3)],
    ['a side without any sound', from(3, 3), new Float32Array(0)],
  ])('is %s', (_, left, right) => {
    expect(isDoubled(left, right)).toBe(false);
  });

  it('is speech that goes on over a loud hum', () => {
    for (const atS of SPOKEN_AT) {
      const hum = tone(7, 100, 0.05);
      const left = added(from(atS - 3, 3), hum.subarray(0, 3 * RATE));
      expect(isDoubled(left, added(from(atS, 4), hum.subarray(3 * RATE)))).toBe(false);
    }
  });
});
