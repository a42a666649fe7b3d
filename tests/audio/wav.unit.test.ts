import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { decodeWav } from '../../src/audio/wav.ts';
import { chunkSizes, decodeAll, opusHint, sine } from './collect.ts';
import { concat } from './omi-writer.ts';
import { chunk, samplesToBytes, type WavOptions, wavFile } from './wav-writer.ts';

const S16: WavOptions = { tag: 1, bits: 16, channels: 1, rate: 16_000 };
const values = [0, 0.5, -0.5, 0.25, -1, 0.125, 0.75, -0.25];
const bytes = samplesToBytes(values, 1, 16);

describe('encodings', () => {
  const encodings = [
    [1, 8],
    [1, 16],
    [1, 24],
    [1, 32],
    [3, 32],
  ] as const;

  test.each(encodings)('format %d with %d bits, plain and extensible', async (tag, bits) => {
    for (const extensible of [false, true]) {
      const file = wavFile(samplesToBytes(values, tag, bits), { ...S16, tag, bits, extensible });
      const { samples, report } = await decodeAll(file, null);
      expect([...samples]).toEqual(values);
      expect(report).toMatchObject({
        format: 'wav',
        frames: 8,
        damage: null,
        bytesLost: 0,
        bytesRead: file.length,
      });
    }
  });

  test.each(encodings)('format %d with %d bits: stereo is averaged', async (tag, bits) => {
    const data = samplesToBytes([0.5, 0.25, -0.5, 0.5, -1, -1], tag, bits);
    const { samples } = await decodeAll(wavFile(data, { ...S16, tag, bits, channels: 2 }), null);
    expect([...samples]).toEqual([0.375, 0, -1]);
  });

  test('A-law and mu-law by the values of G.711', async () => {
    const alaw = wavFile(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a, 0x80), { ...S16, tag: 6, bits: 8 });
    expect([...(await decodeAll(alaw, null)).samples].map((sample) => sample * 32_768)).toEqual([
      8, -8, 32_256, -32_256, 5_504,
    ]);
    const mulaw = wavFile(Uint8Array.of(0xff, 0x7f, 0x80, 0x00, 0xf0), { ...S16, tag: 7, bits: 8 });
    expect([...(await decodeAll(mulaw, null)).samples].map((sample) => sample * 32_768)).toEqual([
      0, 0, 32_124, -32_124, 120,
    ]);
  });

  test('floats that are no sound become sound', async () => {
    const data = samplesToBytes(
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 7, -7],
      3,
      32,
    );
    const { samples } = await decodeAll(wavFile(data, { ...S16, tag: 3, bits: 32 }), null);
    expect([...samples]).toEqual([0, 1, -1, 1, -1]);
  });

  test('44.1 kHz stereo', async () => {
    const tone = sine(1_000, 44_100, 44_100);
    const data = samplesToBytes(
      [...tone].flatMap((sample) => [sample, sample]),
      1,
      16,
    );
    const { report } = await decodeAll(wavFile(data, { ...S16, channels: 2, rate: 44_100 }), null);
    expect(report).toMatchObject({ frames: 44_100, durationMs: 1000 });
  });
});

describe('headers', () => {
  const list = chunk('LIST', Uint8Array.of(1, 2, 3));

  test.each<[string, Partial<WavOptions>]>([
    ['both sizes 0', { dataSize: 0, riffSize: 0 }],
    ['sizes of an empty file', { dataSize: 0, riffSize: 36 }],
    ['both sizes all ones', { dataSize: 0xffff_ffff, riffSize: 0xffff_ffff }],
    ['data size 0, outer size all ones', { dataSize: 0, riffSize: 0xffff_ffff }],
    [
      'chunks of odd length in front and behind',
      { before: [list, chunk('junk', new Uint8Array(0))], after: [list] },
    ],
  ])('%s', async (_, options) => {
    const { samples, report } = await decodeAll(wavFile(bytes, { ...S16, ...options }), null);
    expect([...samples]).toEqual(values);
    expect(report.damage).toBeNull();
  });

  test('the name is not believed against the bytes', async () => {
    expect((await decodeAll(wavFile(bytes, S16), opusHint(320))).report.format).toBe('wav');
  });

  test('data cut short: the prefix is kept, half a sample is dropped', async () => {
    const file = wavFile(bytes, S16);
    const { samples, report } = await decodeAll(file.subarray(0, file.length - 5), null);
    expect([...samples]).toEqual(values.slice(0, 5));
    expect(report).toMatchObject({ damage: 'data_cut_short', bytesLost: 1 });
  });

  test('an honestly empty data chunk is not read on into the tags', async () => {
    const file = wavFile(new Uint8Array(0), { ...S16, after: [chunk('LIST', new Uint8Array(400).fill(7))] });
    await expect(decodeAll(file, null)).rejects.toMatchObject({ code: 'no_frames' });
  });

  test.each<[string, string, Uint8Array]>([
    ['ADPCM', 'unsupported_format', wavFile(bytes, { ...S16, tag: 2 })],
    ['4 kHz', 'unsupported_format', wavFile(bytes, { ...S16, rate: 4_000 })],
    ['MP3 in a WAV', 'unsupported_format', wavFile(bytes, { ...S16, tag: 0x55 })],
    ['no channels', 'unsupported_format', wavFile(bytes, { ...S16, channels: 0 })],
    [
      'data before its format',
      'unsupported_format',
      concat([chunk('RIFF', Buffer.from('WAVE'), 99), chunk('data', bytes)]),
    ],
    ['a header and nothing else', 'no_frames', chunk('RIFF', Buffer.from('WAVE'))],
    ['no samples', 'no_frames', wavFile(new Uint8Array(0), S16)],
  ])('%s is refused', async (_, code, file) => {
    await expect(decodeAll(file, null)).rejects.toMatchObject({ name: 'AudioError', code });
  });
});

test('a file of many channels is not read a whole second at once', async () => {
  const format: WavOptions = { tag: 1, bits: 32, channels: 32, rate: 192_000 };
  let given = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield wavFile(new Uint8Array(0), { ...format, dataSize: 0xffff_ffff, riffSize: 0xffff_ffff });
    for (; ; given += 65_536) yield new Uint8Array(65_536);
  }
  const sound = decodeWav(new ByteReader(bytes()), emptyReport());
  await sound.next();
  await sound.return(undefined);
  expect(given).toBeLessThan(2e6);
});

test('the samples do not depend on how the bytes arrive', async () => {
  const tone = [...sine(300, 44_100, 30_000)];
  for (const [tag, bits] of [
    [1, 24],
    [3, 32],
  ] as const) {
    const file = wavFile(samplesToBytes(tone, tag, bits), { ...S16, tag, bits, channels: 2, rate: 44_100 });
    const cut = file.subarray(0, file.length - 3);
    const expected = await decodeAll(cut, null);
    await fc.assert(
      fc.asyncProperty(chunkSizes, async (sizes) => {
        expect(await decodeAll(cut, null, sizes)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  }
});
