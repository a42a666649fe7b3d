import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkSizes, decodeAll, levelDb, pcmHint, sine } from './collect.ts';
import { omiFile, pcm16Bytes } from './omi-writer.ts';

const rates = [8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/** Omi frames of 10 ms, as a recorder at this rate would write them. */
function pcm16File(samples: Float32Array, rate: number): Uint8Array {
  const bytes = pcm16Bytes(samples);
  const frameBytes = Math.round(rate / 100) * 2;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += frameBytes) frames.push(bytes.subarray(at, at + frameBytes));
  return omiFile(frames);
}

describe('PCM', () => {
  test('16 bits at 16 kHz come back exactly', async () => {
    const values = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 2_000 });
    await fc.assert(
      fc.asyncProperty(values, chunkSizes, async (integers, sizes) => {
        const expected = Float32Array.from(integers, (value) => value / 32_768);
        const { samples } = await decodeAll(pcm16File(expected, 16_000), pcmHint('pcm16', 16_000), sizes);
        expect(samples).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('8 bits are unsigned around 128', async () => {
    const { samples, report } = await decodeAll(
      omiFile([Uint8Array.of(0, 128, 255)]),
      pcmHint('pcm8', 16_000),
    );
    expect([...samples]).toEqual([-1, 0, 127 / 128]);
    expect(report).toMatchObject({ format: 'omi-pcm8', frames: 1 });
  });

  test('half a sample at the end of a frame does not shift the next frame', async () => {
    const frame = pcm16Bytes(Float32Array.of(0.25, -0.5));
    const odd = Uint8Array.of(...frame, 0x7f);
    const { samples, report } = await decodeAll(omiFile([odd, frame]), pcmHint('pcm16', 16_000));
    expect([...samples]).toEqual([0.25, -0.5, 0.25, -0.5]);
    expect(report.bytesLost).toBe(1);
  });

  test.each([7_999, 48_001, 192_100, 0, 16_000.5, Number.NaN])('%d Hz is refused', async (rate) => {
    const file = omiFile([new Uint8Array(320)]);
    await expect(decodeAll(file, pcmHint('pcm16', rate))).rejects.toMatchObject({
      code: 'unsupported_format',
    });
  });
});

describe('resampling', () => {
  test.each(rates)('%d Hz: 1 kHz keeps its level, phase and length', async (rate) => {
    const input = sine(1_000, rate, rate);
    const { samples } = await decodeAll(pcm16File(input, rate), pcmHint('pcm16', rate));
    expect(samples.length).toBe(16_000);
    const middle = samples.slice(1_000, 15_000);
    expect(Math.abs(levelDb(middle) - levelDb(input))).toBeLessThan(0.1);
    const expected = sine(1_000, 16_000, 16_000).slice(1_000, 15_000);
    expect(levelDb(middle.map((sample, i) => sample - (expected[i] ?? 0)))).toBeLessThan(-60);
  });

  test.each([
    [48_000, 8_100],
    [48_000, 9_000],
    [48_000, 15_000],
    [48_000, 23_000],
    [44_100, 8_500],
    [32_000, 12_000],
    [22_050, 9_000],
  ])('%d Hz: %d Hz does not come back as an alias', async (rate, frequency) => {
    const { samples } = await decodeAll(
      pcm16File(sine(frequency, rate, rate, 0.9), rate),
      pcmHint('pcm16', rate),
    );
    expect(levelDb(samples.slice(1_000, 15_000))).toBeLessThan(-55);
  });

  test('8 kHz: no image of the speech band appears above 4 kHz', async () => {
    const { samples } = await decodeAll(pcm16File(sine(3_000, 8_000, 8_000), 8_000), pcmHint('pcm16', 8_000));
    const expected = sine(3_000, 16_000, 16_000);
    const error = samples.slice(1_000, 15_000).map((sample, i) => sample - (expected[i + 1_000] ?? 0));
    expect(levelDb(error)).toBeLessThan(-60);
  });

  test('any rate, length and chunking: the same samples, as many as the ratio says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...rates), fc.integer({ min: 8_000, max: 48_000 })),
        fc.integer({ min: 1, max: 4_000 }),
        chunkSizes,
        async (rate, length, sizes) => {
          const file = pcm16File(sine(700, rate, length), rate);
          const whole = await decodeAll(file, pcmHint('pcm16', rate));
          expect(Math.abs(whole.samples.length - (length * 16_000) / rate)).toBeLessThanOrEqual(1);
          expect(await decodeAll(file, pcmHint('pcm16', rate), sizes)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the samples do not depend on how the recorder cut its frames', async () => {
    const bytes = pcm16Bytes(sine(440, 44_100, 9_000));
    const whole = await decodeAll(omiFile([bytes]), pcmHint('pcm16', 44_100));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          const frames: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const end = at + 2 * (sizes[turn % sizes.length] ?? 1);
            frames.push(bytes.subarray(at, end));
            at = end;
          }
          const { samples } = await decodeAll(omiFile(frames), pcmHint('pcm16', 44_100));
          expect(samples).toEqual(whole.samples);
        },
      ),
      { numRuns: 30 },
    );
  });
});
