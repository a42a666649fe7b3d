/** WAV files whose headers say something else than their bytes, as recorders that crash, stream or join leave them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAll, levelDb, sine } from './collect.ts';
import { concat } from './omi-writer.ts';
import { chunk, samplesToBytes, type WavOptions, wavFile } from './wav-writer.ts';

const S16: WavOptions = { tag: 1, bits: 16, channels: 1, rate: 16_000 };

/** Half a second that is the same nowhere else, and in which no four bytes are a chunk's name. */
function sound(seed: number, count = 8_000): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(i * 0.013 * (1 + seed)) * 0.4 - (0.1 * i) / count);
}

function bytesOf(samples: readonly number[]): Uint8Array {
  return samplesToBytes(samples, 1, 16);
}

const first = sound(0);
const second = sound(1);
const exact = (samples: readonly number[]) =>
  [...samples].map((sample) => Math.round(sample * 32_768) / 32_768);

async function heard(file: Uint8Array) {
  const { samples, report } = await decodeAll(file, null, [4_001, 77]);
  return { samples: [...samples], report };
}

/** Overwrites a field of a header of 44 bytes. */
function patched(file: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = new Uint8Array(file);
  copy.set(bytes, at);
  return copy;
}

describe('sound behind the stated size', () => {
  test('a WAV that another one was joined to', async () => {
    const { samples, report } = await heard(
      concat([wavFile(bytesOf(first), S16), wavFile(bytesOf(second), S16)]),
    );
    expect(samples).toEqual([...exact(first), ...exact(second)]);
    expect(report).toMatchObject({ damage: null, bytesLost: 0, lostMs: 0 });
  });

  test('joined files whose first one never got its size, and whose second has another format', async () => {
    const streamed = wavFile(bytesOf(first), { ...S16, dataSize: 0xffff_ffff, riffSize: 0xffff_ffff });
    const stereo = second.flatMap((sample) => [sample, sample]);
    const { samples } = await heard(concat([streamed, wavFile(bytesOf(stereo), { ...S16, channels: 2 })]));
    expect(samples).toEqual([...exact(first), ...exact(second)]);
  });

  test('a joined file that is not read does not cost the one before it', async () => {
    const { samples, report } = await heard(
      concat([wavFile(bytesOf(first), S16), wavFile(bytesOf(second), { ...S16, tag: 2 })]),
    );
    expect(samples).toEqual(exact(first));
    expect(report.damage).toBe('stream_unsupported');
    expect(report.bytesLost).toBeGreaterThan(second.length);
  });

  test('a second chunk of data', async () => {
    const file = wavFile(bytesOf(first), {
      ...S16,
      after: [chunk('LIST', Uint8Array.of(1, 2, 3)), chunk('data', bytesOf(second))],
    });
    expect((await heard(file)).samples).toEqual([...exact(first), ...exact(second)]);
  });

  test.each([0, 36, 44, 0xffff_ffff])('a size of 0 with an outer size of %d', async (riffSize) => {
    expect((await heard(wavFile(bytesOf(first), { ...S16, dataSize: 0, riffSize }))).samples).toEqual(
      exact(first),
    );
    expect((await heard(wavFile(bytesOf(first), { ...S16, dataSize: 0 }))).samples).toEqual(exact(first));
  });

  test('sizes that say too much tell what is missing only where they agree', async () => {
    const cut = wavFile(bytesOf([...first, ...second]), S16).subarray(0, 44 + 2 * first.length);
    expect((await heard(cut)).report).toMatchObject({ damage: 'data_cut_short', lostMs: 500 });
    const wrong = wavFile(bytesOf(first), { ...S16, dataSize: 99_000_000 });
    expect((await heard(wrong)).report).toMatchObject({ damage: 'data_cut_short', lostMs: 0 });
    const streamed = wavFile(bytesOf(first), { ...S16, dataSize: 0x7fff_ffff - 36, riffSize: 0x7fff_ffff });
    expect((await heard(streamed)).report).toMatchObject({ damage: null, lostMs: 0 });
  });
});

describe('headers', () => {
  const plain = wavFile(bytesOf(first), S16);

  test.each<[string, number, readonly number[]]>([
    ['block align 0, bytes per second 0', 28, [0, 0, 0, 0, 0, 0]],
    ['bits 0', 34, [0, 0]],
    ['channels 0', 22, [0, 0]],
    ['channels 2 where all else says 1', 22, [2, 0]],
    ['block align 4 where channels and bits say 2', 32, [4, 0]],
    ['block align 4, and bytes per second by it, where channels and bits say 2', 28, [0, 0xfa, 0, 0, 4, 0]],
    ['rate 0', 24, [0, 0, 0, 0]],
    ['bits 8 where all else says 16', 34, [8, 0]],
    ['tag 0', 20, [0, 0]],
    ['extensible without its extension', 20, [0xfe, 0xff]],
    ['a format that says it is larger', 16, [18, 0, 0, 0]],
    ['a format of no size', 16, [0, 0, 0, 0]],
    ['a format of all sizes', 16, [255, 255, 255, 255]],
    ['a chunk of data whose name was damaged', 36, [0x64, 0x78, 0x74, 0x61]],
    ['a chunk of data whose name was erased', 36, [0, 0, 0, 0]],
  ])('%s', async (_, at, bytes) => {
    const { samples } = await heard(patched(plain, at, bytes));
    expect(samples.slice(-first.length)).toEqual(exact(first).slice(-first.length));
    expect(samples.length - first.length).toBeLessThanOrEqual(4);
  });

  test('24 bits in words of 4 bytes', async () => {
    const file = patched(wavFile(samplesToBytes(first, 1, 32), { ...S16, bits: 32 }), 34, [24, 0]);
    const { samples } = await heard(file);
    expect(samples.length).toBe(first.length);
    expect(samples[4000]).toBeCloseTo(first[4000] ?? 9, 6);
  });

  test.each(['RF64', 'BW64'])('%s, with the true sizes in a chunk of its own', async (id) => {
    for (const sizes of [
      [16_100, 16_000],
      [0, 0],
    ]) {
      const ds64 = Buffer.alloc(28);
      ds64.writeBigUInt64LE(BigInt(sizes[0] ?? 0), 0);
      ds64.writeBigUInt64LE(BigInt(sizes[1] ?? 0), 8);
      const after = [chunk('LIST', new Uint8Array(30).fill(65))];
      const file = wavFile(bytesOf(first), {
        ...S16,
        dataSize: 0xffff_ffff,
        riffSize: 0xffff_ffff,
        before: [chunk('ds64', ds64)],
        after,
      });
      const { samples, report } = await heard(patched(file, 0, [...Buffer.from(id)]));
      expect(samples.slice(0, first.length)).toEqual(exact(first));
      expect(samples.length).toBe(sizes[1] ? first.length : first.length + 19);
      expect(report.damage).toBeNull();
    }
  });

  test.each([
    [64_000, 4],
    [88_200, 8],
    [96_000, 8],
    [176_400, 16],
    [192_000, 16],
  ])('%d Hz', async (rate) => {
    const tone = sine(1_000, rate, rate);
    const { samples, report } = await decodeAll(wavFile(bytesOf([...tone]), { ...S16, rate }), null);
    expect(samples.length).toBe(16_000);
    expect(report.durationMs).toBe(1_000);
    expect(levelDb(samples)).toBeCloseTo(levelDb(tone), 1);
    const alias = sine(10_000, rate, rate);
    const silent = await decodeAll(wavFile(bytesOf([...alias]), { ...S16, rate }), null);
    expect(levelDb(silent.samples.subarray(500, -500))).toBeLessThan(-70);
  });

  test('64-bit floats', async () => {
    const data = Buffer.alloc(8 * first.length);
    first.forEach((sample, i) => {
      data.writeDoubleLE(sample, 8 * i);
    });
    expect((await heard(wavFile(data, { ...S16, tag: 3, bits: 64 }))).samples).toEqual(
      first.map(Math.fround),
    );
  });

  test('any mistakes together leave the sound as it is', async () => {
    const before = fc.array(
      fc.record({
        id: fc.constantFrom('LIST', 'bext', 'ZOOM', 'junk', 'x123'),
        size: fc.integer({ min: 0, max: 300 }),
        isPadded: fc.boolean(),
      }),
      { maxLength: 3 },
    );
    const mistakes = fc.record({
      before,
      dataSize: fc.constantFrom('right', 'none', 'ones', 'short', 'placeholder'),
      riffSize: fc.constantFrom('right', 'none', 'ones', 'header'),
      fields: fc.constantFrom('right', 'no block', 'no bits', 'no channels'),
      joined: fc.boolean(),
      short: fc.integer({ min: 1, max: 15_980 }),
    });
    await fc.assert(
      fc.asyncProperty(mistakes, async (mistake) => {
        const dataSize = {
          right: 16_000,
          none: 0,
          ones: 0xffff_ffff,
          short: mistake.short,
          placeholder: 0x7fff_fff0,
        }[mistake.dataSize];
        const riffSize = { right: undefined, none: 0, ones: 0xffff_ffff, header: 36 }[mistake.riffSize];
        const chunks = mistake.before.map(({ id, size, isPadded }) => {
          const whole = chunk(id, new Uint8Array(size).fill(7));
          return isPadded ? whole : whole.subarray(0, 8 + size);
        });
        const options = { ...S16, dataSize, before: chunks, ...(riffSize === undefined ? {} : { riffSize }) };
        let file: Uint8Array = wavFile(bytesOf(first), options);
        const fmt = Buffer.from(file).indexOf('fmt ') + 8;
        if (mistake.fields === 'no block') file = patched(file, fmt + 8, [0, 0, 0, 0, 0, 0]);
        if (mistake.fields === 'no bits') file = patched(file, fmt + 14, [0, 0]);
        if (mistake.fields === 'no channels') file = patched(file, fmt + 2, [0, 0]);
        const whole = mistake.joined ? concat([file, wavFile(bytesOf(second), S16)]) : file;
        const expected = mistake.joined ? [...exact(first), ...exact(second)] : exact(first);
        const { samples, report } = await heard(whole);
        expect(samples).toEqual(expected);
        expect(report).toMatchObject({ damage: null, lostMs: 0 });
      }),
      { numRuns: 300, interruptAfterTimeLimit: 20_000 },
    );
  });
});

describe('channels that cancel each other', () => {
  const voice = sine(400, 16_000, 16_000, 0.3);

  test.each([
    ['turned round', 1, -1, 0],
    ['turned round and weaker', 1, -0.8, 0],
    ['only on the left', 1, 0, -6],
    ['both alike', 1, 1, 0],
  ])('%s', async (_, left, right, db) => {
    const data = bytesOf([...voice].flatMap((sample) => [left * sample, right * sample]));
    const { samples } = await decodeAll(wavFile(data, { ...S16, channels: 2 }), null);
    expect(levelDb(samples) - levelDb(voice)).toBeCloseTo(db, 0);
  });

  test('a float that is no number does not end the comparison', async () => {
    const data = samplesToBytes(
      [Number.NaN, Number.POSITIVE_INFINITY, ...[...voice].flatMap((sample) => [sample, -sample])],
      3,
      32,
    );
    const { samples } = await decodeAll(wavFile(data, { ...S16, tag: 3, bits: 32, channels: 2 }), null);
    expect(levelDb(samples.subarray(8_000))).toBeCloseTo(levelDb(voice), 0);
  });
});
