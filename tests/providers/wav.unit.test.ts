import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWav } from '../../simulators/wav.ts';
import { fromPcm16, toPcm16 } from '../../src/audio/pcm16.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { decodeAll } from '../audio/collect.ts';
import { voice } from './voices.ts';

test('16-bit audio is sent as it was recorded, by the judgement of our own decoder', async () => {
  const samples = Float32Array.from({ length: 0x1_0000 }, (_, at) => (at - 0x8000) / 0x8000);
  const decoded = await decodeAll(toWav(samples), null);
  expect(decoded.samples).toEqual(samples);
  expect(decoded.report.format).toBe('wav');
});

test('anything else is off by half a step at most, and clipped rather than wrapped', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -4, max: 4, noNaN: true })), (given) => {
      const samples = Float32Array.from(given);
      const pcm = toPcm16(samples);
      expect(toPcm16(fromPcm16(pcm))).toEqual(pcm);
      expect(toWav(pcm)).toEqual(toWav(samples));
      for (const [at, sample] of samples.entries()) {
        const kept = Math.max(-1, Math.min(0x7fff / 0x8000, sample));
        expect(Math.abs((pcm[at] ?? 0) / 0x8000 - kept)).toBeLessThanOrEqual(0.5 / 0x8000);
      }
    }),
  );
});

test('the simulated providers accept it whole, and nothing that is cut or altered', () => {
  const wav = Buffer.from(toWav(voice(1)));
  expect(readWav(wav)).toEqual({ pcm: Buffer.from(toPcm16(voice(1)).buffer), seconds: 1 });
  for (const bytes of [0, 11, 40, 44, wav.length - 1]) expect(readWav(wav.subarray(0, bytes))).toBeNull();
  for (const at of [0, 8, 20, 22, 34]) {
    const altered = Buffer.from(wav);
    altered[at] = 9;
    expect(readWav(altered)).toBeNull();
  }
});
