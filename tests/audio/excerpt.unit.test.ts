/** Any part of a file, decoded by itself, is the sound that the whole file has there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { decodeExcerpt, excerptOf } from '../../src/audio/excerpt.ts';
import type { AudioHint } from '../../src/audio/hint.ts';
import { coarser, PEAK_SAMPLES, PeakMeter } from '../../src/audio/peaks.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { type SoundMap, SoundTrace } from '../../src/audio/sound-map.ts';
import { mapFromBytes, mapToBytes } from '../../src/audio/sound-map-bytes.ts';
import { fixture } from '../decoders/tone.ts';
import { daySample, inChunks, opusHint, pcmHint, sine } from './collect.ts';
import { matroskaFile } from './container-writer.ts';
import { oggFile } from './ogg-writer.ts';
import { concat, encodeOpus, omiFile, omiFrame, pcm16Bytes } from './omi-writer.ts';
import { wavFile } from './wav-writer.ts';

interface Mapped {
  samples: Float32Array;
  map: SoundMap | null;
}

async function mapped(bytes: Uint8Array, hint: AudioHint | null): Promise<Mapped> {
  const trace = new SoundTrace();
  const blocks: Float32Array[] = [];
  for await (const block of decode(inChunks(bytes), hint, emptyReport(), 0, 0, undefined, trace))
    blocks.push(block);
  const samples = Float32Array.from(blocks.flatMap((block) => [...block]));
  return { samples, map: trace.map(samples.length) };
}

async function excerpt(bytes: Uint8Array, map: SoundMap, from: number, to: number): Promise<Float32Array> {
  const one = excerptOf(mapFromBytes(mapToBytes(map)), from, to);
  return await decodeExcerpt(one, concat(one.bytes.map((wanted) => bytes.subarray(wanted.from, wanted.to))));
}

const powerOf = (sound: Float32Array) =>
  sound.reduce((sum, sample) => sum + sample ** 2, 1e-9) / sound.length;

/** How much less the difference of two sounds is than the sound of the whole file, in dB. */
function differenceDb(whole: Float32Array, a: Float32Array, b: Float32Array): number {
  return 10 * Math.log10(powerOf(a.map((sample, at) => sample - (b[at] ?? 0))) / powerOf(whole));
}

const stereo = (rate: number, count: number) => {
  const [left, right] = [sine(300, rate, count), sine(450, rate, count, 0.3)];
  return Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? left : right)[at >> 1] ?? 0);
};
const packets = await encodeOpus({ samplesPerPacket: 320, packets: 400 });
const short = await encodeOpus({ samplesPerPacket: 160, packets: 600 });
const wide = await encodeOpus({ samplesPerPacket: 960, packets: 300, rate: 48_000, channels: 2 });
const day = daySample('audio_omi_opus_fs320_16000_1_fs320_1774000060.bin');
const pcmDay = daySample('audio_phonemic_pcm16_16000_1_fs160_1774000480.bin');
const ogg = (options: object) => oggFile({ packets, packetGranules: 960, ...options });
const webm = (some: readonly Uint8Array[], times = (at: number) => 20 * at) =>
  matroskaFile({
    codec: 'A_OPUS',
    rate: 48_000,
    blocks: some.map((packet, at) => ({ atMs: times(at), packet })),
    isLive: true,
  });
const wav = (rate: number, channels: number, seconds = 4) =>
  wavFile(pcm16Bytes(channels === 2 ? stereo(rate, rate * seconds) : sine(300, rate, rate * seconds)), {
    tag: 1,
    bits: 16,
    channels,
    rate,
  });
/** A packet of noise, three empty ones, and a hole of bytes. */
const damaged = concat([
  omiFile(packets.slice(0, 100)),
  omiFrame(Uint8Array.from({ length: 60 }, (_, at) => (at * 89) % 251)),
  omiFile(packets.slice(101, 200)),
  new Uint8Array(12),
  omiFile(packets.slice(203, 300)),
  Uint8Array.from({ length: 150 }, (_, at) => 200 + (at % 50)),
  omiFile(packets.slice(302)),
]);

const opusFiles: [string, Uint8Array, AudioHint | null][] = [
  ['a minute of a day', day, opusHint(320)],
  ['packets of 10 ms', omiFile(short), opusHint(160)],
  ['a damaged file', damaged, opusHint(320)],
  ['Ogg with pre-skip and padding', ogg({ preSkip: 312, endTrim: 480 }), null],
  ['Ogg with more padding than a packet', ogg({ preSkip: 3_840, endTrim: 1_500 }), null],
  ['Ogg of one packet a page', ogg({ packetsPerPage: 1 }), null],
  [
    'stereo Ogg with a gain',
    oggFile({ packets: wide, packetGranules: 960, channels: 2, gainQ8: -600 }),
    null,
  ],
  ['WebM', webm(packets), null],
];
const pcmFiles: [string, Uint8Array, AudioHint | null][] = [
  ['a minute of a day', pcmDay, pcmHint('pcm16', 16_000)],
  ['8 kHz in frames', omiFile(cut(pcm16Bytes(sine(300, 8_000, 20_000)), 320)), pcmHint('pcm16', 8_000)],
  ['WAV at 16 kHz', wav(16_000, 1), null],
  ['WAV at 44.1 kHz', wav(44_100, 2), null],
  ['WAV at 48 kHz', wav(48_000, 2), null],
  ['WAV at 11.025 kHz', wav(11_025, 1), null],
  ['two WAVs that were joined', concat([wav(44_100, 1, 2), wav(16_000, 2, 3)]), null],
];

function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(bytes.slice(at, at + length));
  return parts;
}

const ranges = (total: number) =>
  fc
    .tuple(fc.nat(total - 1), fc.integer({ min: 1, max: 32_000 }))
    .map(([from, length]) => ({ from, to: Math.min(total, from + length) }));

describe('any part of a file', () => {
  test.each(opusFiles)('Opus: %s', async (_name, bytes, hint) => {
    const { samples, map } = await mapped(bytes, hint);
    if (!map) throw new Error('it has no map');
    // The whole is the same to the last sample.
    expect(await excerpt(bytes, map, 0, samples.length)).toEqual(samples);
    await fc.assert(
      fc.asyncProperty(ranges(samples.length), async ({ from, to }) => {
        const part = await excerpt(bytes, map, from, to);
        expect(part.length).toBe(to - from);
        if (to - from < 4_000) return;
        expect(differenceDb(samples, samples.subarray(from, to), part)).toBeLessThan(-20);
      }),
      { numRuns: 20 },
    );
  });

  test('Opus in WebM as ffmpeg writes it has a map', async () => {
    const bytes = fixture('tone-opus.webm');
    const { samples, map } = await mapped(bytes, null);
    if (map?.kind !== 'opus') throw new Error('it has no map');
    expect(await excerpt(bytes, map, 0, samples.length)).toEqual(samples);
    expect(map).toMatchObject({ packetSamples: 320, skip: 104, overhead: 6 });
    expect(map.jumps.length).toBeLessThan(5);
  });

  test.each(pcmFiles)('PCM: %s', async (_name, bytes, hint) => {
    const { samples, map } = await mapped(bytes, hint);
    if (!map) throw new Error('it has no map');
    await fc.assert(
      fc.asyncProperty(ranges(samples.length), async ({ from, to }) => {
        const part = await excerpt(bytes, map, from, to);
        expect(part.length).toBe(to - from);
        const whole = samples.subarray(from, to);
        expect(Math.max(...part.map((sample, at) => Math.abs(sample - (whole[at] ?? 0))))).toBeLessThan(1e-4);
      }),
      { numRuns: 20 },
    );
  });

  test('what cannot be told by packets has no map, and never a wrong one', async () => {
    const chained = concat([ogg({ preSkip: 312 }), ogg({ preSkip: 312, serial: 8 })]);
    expect((await mapped(chained, null)).map).toBeNull();
    const mixed = omiFile([...packets.slice(0, 100), ...short.slice(0, 100)]);
    expect((await mapped(mixed, opusHint(320))).map).toBeNull();
    const late = webm(packets, (at) => 20 * at + (at < 50 ? 0 : 500));
    expect((await mapped(late, null)).map).toBeNull();
  });

  test('whatever happened to the bytes: a map is as long as the sound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(omiFile(packets).length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.boolean(),
        async (changes, isOgg) => {
          const bytes = Uint8Array.from(isOgg ? ogg({}) : omiFile(packets));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const { samples, map } = await mapped(bytes, isOgg ? null : opusHint(320)).catch(() => ({
            samples: new Float32Array(0),
            map: null,
          }));
          if (map) expect(await excerpt(bytes, map, 0, samples.length)).toEqual(samples);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('peaks', () => {
  test('are the lowest and highest of each 40 ms, however the sound is cut', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ min: -1, max: 1, noNaN: true, maxLength: 3_000 }),
        fc.integer({ min: 1, max: 900 }),
        (samples, step) => {
          const meter = new PeakMeter();
          for (let at = 0; at < samples.length; at += step) meter.add(samples.subarray(at, at + step));
          const peaks = meter.end();
          expect(peaks.length).toBe(2 * Math.ceil(samples.length / PEAK_SAMPLES));
          for (let pair = 0; pair < peaks.length / 2; pair += 1) {
            const part = samples.subarray(pair * PEAK_SAMPLES, (pair + 1) * PEAK_SAMPLES);
            expect(peaks[2 * pair]).toBeCloseTo(Math.round(Math.min(...part) * 127), 0);
            expect(peaks[2 * pair + 1]).toBeCloseTo(Math.round(Math.max(...part) * 127), 0);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of a coarser zoom hide nothing of a finer one', () => {
    const fine = Int8Array.from([-1, 3, -9, 2, 0, 0, -2, 100, -5, 5]);
    expect([...coarser(fine, 2)]).toEqual([-9, 3, -2, 100, -5, 5]);
    expect([...coarser(fine, 250)]).toEqual([-9, 100]);
    expect(coarser(fine, 1)).toBe(fine);
  });
});
