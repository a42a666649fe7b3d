/** Ogg and Omi files that are wrong in ways that people met: positions, streams side by side, frames that are missing. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createEncoder } from 'libopus-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { joinedFloats } from '../../src/audio/pcm16.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { daySample, decodeAll, inChunks, levelDb, opusHint, pcmHint, sine } from './collect.ts';
import { oggFile, oggPagesOf } from './ogg-writer.ts';
import { concat, encodeOpus, omiFile, omiFrame, payloadsOf, pcm16Bytes } from './omi-writer.ts';
import { wavFile } from './wav-writer.ts';

let packets: Uint8Array[];
let raw: Float32Array;

beforeAll(async () => {
  packets = await encodeOpus({ samplesPerPacket: 320, packets: 250 });
  raw = (await decodeAll(omiFile(packets), opusHint(320))).samples;
});

async function track(file: Uint8Array, index: number): Promise<{ samples: Float32Array; tracks: number }> {
  const report = emptyReport();
  const blocks: Float32Array[] = [];
  for await (const block of decode(inChunks(file), null, report, 0, index)) blocks.push(block);
  const samples = joinedFloats(blocks);
  return { samples, tracks: report.tracks };
}

function tone(hertz: number, seconds: number): Float32Array {
  return sine(hertz, 16_000, seconds * 16_000, 0.3);
}

async function packetsOf(samples: Float32Array): Promise<Uint8Array[]> {
  const encoder = await createEncoder({ sampleRate: 16_000, channels: 1, frameSize: 320 });
  const encoded: Uint8Array[] = [];
  for (let at = 0; at + 320 <= samples.length; at += 320)
    encoded.push(encoder.encodeFloat(samples.slice(at, at + 320)).slice());
  encoder.free();
  return encoded;
}

/** Pages of several streams in turns: all headers first, as they must be. */
function sideBySide(streams: Uint8Array[][]): Uint8Array {
  const rows = Math.max(...streams.map((pages) => pages.length));
  return concat(
    Array.from({ length: rows }, (_, row) => streams.flatMap((pages) => pages[row] ?? [])).flat(),
  );
}

describe('Ogg positions that are wrong', () => {
  test.each([1 / 6, 1 / 3, 1 / 2, 0.91875, 2, 3, 6])('that count at %f of the rate', async (factor) => {
    for (const packetsPerPage of [250, 125, 50, 10, 3]) {
      const file = oggFile({ packets, packetGranules: Math.round(960 * factor), packetsPerPage });
      const { samples, report } = await decodeAll(file, null);
      expect(samples).toEqual(raw);
      expect(report).toMatchObject({ concealedFrames: 0, lostMs: 0 });
    }
  });

  test('that stand still', async () => {
    expect((await decodeAll(oggFile({ packets, packetGranules: 0 }), null)).samples).toEqual(raw);
  });

  test('a page that is missing is found at another rate too', async () => {
    const pages = oggPagesOf({ packets, packetGranules: 320, packetsPerPage: 25 }).toSpliced(6, 1);
    const { samples, report } = await decodeAll(concat(pages), null);
    expect(samples.length).toBe(raw.length);
    expect(report).toMatchObject({ concealedFrames: 25, lostMs: 500 });
  });

  test('silence that was not sent keeps its time and is no loss', async () => {
    const head = oggPagesOf({ packets: packets.slice(0, 100), packetGranules: 960, packetsPerPage: 25 });
    const tail = oggPagesOf({
      packets: packets.slice(0, 200),
      packetGranules: 960,
      packetsPerPage: 25,
      startGranule: 2 * 48_000,
    }).slice(6);
    const { samples, report } = await decodeAll(concat([...head, ...tail]), null);
    expect(samples.length).toBe(200 * 320 + 2 * 16_000);
    expect(report).toMatchObject({ damage: null, lostMs: 0 });
  });
});

describe('Ogg streams side by side', () => {
  test('each is a track, and all are as long as the longest', async () => {
    const [low, high] = [await packetsOf(tone(300, 2)), await packetsOf(tone(2_000, 3))];
    const file = sideBySide([
      oggPagesOf({ packets: low, packetGranules: 960, serial: 1, packetsPerPage: 20 }),
      oggPagesOf({ packets: high, packetGranules: 960, serial: 2, packetsPerPage: 20 }),
    ]);
    const [first, second] = [await track(file, 0), await track(file, 1)];
    expect([first.tracks, second.tracks]).toEqual([2, 2]);
    expect([first.samples.length, second.samples.length]).toEqual([48_000, 48_000]);
    expect(levelDb(first.samples.subarray(33_000))).toBeLessThan(-60);
    expect(levelDb(second.samples.subarray(33_000))).toBeGreaterThan(-15);
  });

  test('one that begins later is at its time, and what is chained behind them too', async () => {
    const voice = await packetsOf(tone(300, 3));
    const group = sideBySide([
      oggPagesOf({ packets: voice, packetGranules: 960, serial: 1 }),
      oggPagesOf({ packets: voice.slice(0, 50), packetGranules: 960, serial: 2, startGranule: 48_000 }),
    ]);
    const chained = oggFile({ packets: voice.slice(0, 50), packetGranules: 960, serial: 3 });
    const second = await track(concat([group, chained]), 1);
    expect(second.samples.length).toBe(4 * 16_000);
    expect(levelDb(second.samples.subarray(0, 15_000))).toBeLessThan(-60);
    expect(levelDb(second.samples.subarray(17_000, 31_000))).toBeGreaterThan(-20);
    const first = await track(concat([group, chained]), 0);
    expect(levelDb(first.samples.subarray(3 * 16_000 + 1_000))).toBeGreaterThan(-20);
  });

  test('a real file: two speakers at the same time', async () => {
    const file = readFileSync(new URL('../fixtures/cases/O22.ogg', import.meta.url));
    const [first, second] = [await track(file, 0), await track(file, 1)];
    expect(first.tracks).toBe(2);
    expect(first.samples.length).toBe(second.samples.length);
    expect(levelDb(first.samples)).toBeGreaterThan(-25);
    expect(levelDb(second.samples)).toBeGreaterThan(-30);
  });

  test('streams that are written one behind the other, headers in front', async () => {
    const [low, high] = [await packetsOf(tone(300, 2)), await packetsOf(tone(2_000, 2))];
    const [a = [], b = []] = [low, high].map((voice, serial) =>
      oggPagesOf({ packets: voice, packetGranules: 960, serial }),
    );
    const file = concat([...a.slice(0, 2), ...b.slice(0, 2), ...a.slice(2), ...b.slice(2)]);
    for (const index of [0, 1]) expect(levelDb((await track(file, index)).samples)).toBeGreaterThan(-15);
  });
});

describe('Ogg mapping families', () => {
  const table = (streams: number, coupled: number, channels: number[]) => [streams, coupled, ...channels];

  test.each([
    [1, 1, table(1, 0, [0])],
    [255, 1, table(1, 0, [0])],
    [1, 2, table(1, 1, [0, 1])],
    [255, 2, table(1, 1, [0, 1])],
    [2, 1, undefined],
  ])('family %d with %d channels in one stream', async (mapping, channels, mappingTable) => {
    const encoded = await encodeOpus({ samplesPerPacket: 320, packets: 100, channels: channels as 1 | 2 });
    const file = oggFile({ packets: encoded, packetGranules: 960, channels, mapping, mappingTable });
    const { samples, report } = await decodeAll(file, null);
    expect(samples.length).toBe(32_000);
    expect(levelDb(samples)).toBeGreaterThan(-20);
    expect(report.concealedFrames).toBe(0);
  });

  test('family 255 with two channels in a stream each, of every kind of packet', async () => {
    const single = await packetsOf(tone(300, 2));
    for (const code of [0, 1, 2, 3, 4]) {
      const left = code === 0 ? single : joined(single, code);
      const both = left.map((packet) => concat([selfDelimited(packet), packet]));
      const file = oggFile({
        packets: both,
        packetGranules: (960 * single.length) / left.length,
        channels: 2,
        mapping: 255,
        mappingTable: table(2, 0, [0, 1]),
      });
      const { samples, report } = await decodeAll(file, null);
      expect(samples.length).toBe(32_000);
      expect(report.concealedFrames).toBe(0);
      expect(levelDb(samples)).toBeGreaterThan(-15);
    }
  });

  test('stereo whose channels cancel each other is heard', async () => {
    const encoder = await createEncoder({ sampleRate: 48_000, channels: 2, frameSize: 960, bitrate: 96_000 });
    const voice = sine(400, 48_000, 48_000, 0.3);
    const encoded = Array.from({ length: 50 }, (_, n) =>
      encoder
        .encodeFloat(
          Float32Array.from({ length: 1920 }, (__, i) => (i % 2 ? -1 : 1) * (voice[n * 960 + (i >> 1)] ?? 0)),
        )
        .slice(),
    );
    encoder.free();
    const ogg = await decodeAll(oggFile({ packets: encoded, packetGranules: 960, channels: 2 }), null);
    const omi = await decodeAll(omiFile(encoded), opusHint(320));
    for (const { samples } of [ogg, omi]) expect(levelDb(samples)).toBeGreaterThan(-14);
  });
});

test.each([
  ['an erased page', new Uint8Array(4_096)],
  ['a tag', new Uint8Array(Buffer.from(`ID3\x04\0\0\0\0\x07\x76${'title '.repeat(200)}`, 'latin1'))],
])('%s in front of a container is passed over', async (_, lead) => {
  const ogg = concat([lead, oggFile({ packets, packetGranules: 960 })]);
  const wav = concat([lead, wavFile(pcm16Bytes(raw), { tag: 1, bits: 16, channels: 1, rate: 16_000 })]);
  for (const file of [ogg, wav]) {
    const { samples, report } = await decodeAll(file, null);
    expect(samples.length).toBe(raw.length);
    expect(report.bytesLost).toBe(lead.length);
  }
});

describe('Omi frames', () => {
  test('real files: an empty frame, and frames that become longer', async () => {
    for (const name of ['B01', 'B04']) {
      const file = readFileSync(new URL(`../fixtures/cases/${name}.bin`, import.meta.url));
      const { samples, report } = await decodeAll(file, opusHint(320));
      expect(report).toMatchObject({ durationMs: 20_640, concealedFrames: 1 });
      for (const second of [3, 9, 14, 17])
        expect(levelDb(samples.subarray(second * 16_000, (second + 1) * 16_000))).toBeGreaterThan(-40);
    }
  });

  test('any durations of packets, for a while each', async () => {
    const sizes = [160, 320, 640, 960] as const;
    const encoded = new Map(
      await Promise.all(
        sizes.map(async (size) => [size, await encodeOpus({ samplesPerPacket: size, packets: 40 })] as const),
      ),
    );
    const runs = fc.array(
      fc.record({ size: fc.constantFrom(...sizes), count: fc.integer({ min: 4, max: 40 }) }),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, async (parts) => {
        const first = encoded.get(320) ?? [];
        const file = omiFile([
          ...first,
          ...parts.flatMap(({ size, count }) => encoded.get(size)?.slice(0, count) ?? []),
        ]);
        const { report } = await decodeAll(file, opusHint(320));
        expect(report).toMatchObject({
          concealedFrames: 0,
          durationMs: 800 + parts.reduce((sum, { size, count }) => sum + (size * count) / 16, 0),
        });
      }),
      { numRuns: 40 },
    );
  });

  test('now one frame in a packet and now three', async () => {
    const single = payloadsOf(daySample('audio_omi_opus_fs320_16000_1_fs320_1774000420.bin')).slice(
      1240,
      1340,
    );
    const same = single.filter((packet) => packet[0] === single[50]?.[0]).slice(0, 60);
    const mixed: Uint8Array[] = [];
    for (let at = 0; at + 4 <= same.length; at += 4)
      mixed.push(same[at] ?? new Uint8Array(0), ...joined(same.slice(at + 1, at + 4), 4, 3));
    const { report } = await decodeAll(omiFile(mixed), opusHint(320));
    expect(report).toMatchObject({ concealedFrames: 0, durationMs: (mixed.length / 2) * 80 });
  });

  test.each([
    ['zeroed', 0x00],
    ['erased', 0xff],
  ])('%s pages of flash: what is said behind them is at its time', async (_, fill) => {
    const file = daySample('audio_omi_opus_fs320_16000_1_fs320_1774000420.bin');
    const whole = (await decodeAll(file, opusHint(320))).samples;
    for (const [place, length] of [
      [40_960, 512],
      [61_440, 4_096],
      [0, 512],
      [81_923, 2_048],
    ] as const) {
      const damaged = Uint8Array.from(file, (byte, at) => (at >= place && at < place + length ? fill : byte));
      const { samples, report } = await decodeAll(damaged, opusHint(320));
      expect(report.damage).not.toBeNull();
      expect(report.lostMs).toBeGreaterThan(100);
      // Frames are not all of one size: the time of those that are gone is an estimate.
      expect(Math.abs(samples.length - whole.length)).toBeLessThan((16 * length) / 2);
      expect(report.bytesLost).toBeLessThan(length + 500);
    }
  });

  test('a length that is wrong by a little costs its own frame and the next', async () => {
    const payloads = payloadsOf(daySample('audio_omi_opus_fs320_16000_1_fs320_1774000420.bin')).slice(
      1000,
      1400,
    );
    for (const wrong of [-7, 5, 300, 40_000]) {
      const frames = payloads.map((payload, i) =>
        omiFrame(payload, i === 200 ? Math.max(1, payload.length + wrong) : payload.length),
      );
      const { report } = await decodeAll(concat(frames), opusHint(320));
      expect(Math.abs(report.durationMs - 8_000)).toBeLessThanOrEqual(60);
      expect(report.concealedFrames).toBeLessThanOrEqual(4);
    }
  });

  test('PCM with a page of flash that was zeroed, and with frames that are empty', async () => {
    const voice = pcm16Bytes(tone(400, 4));
    const payloads = Array.from({ length: 400 }, (_, i) => voice.slice(i * 320, (i + 1) * 320));
    const file = omiFile(payloads);
    const zeroed = Uint8Array.from(file, (byte, at) => (at >= 8_192 && at < 12_288 ? 0 : byte));
    const { samples, report } = await decodeAll(zeroed, pcmHint('pcm16', 16_000));
    expect(Math.abs(samples.length - 64_000)).toBeLessThan(500);
    expect(report.lostMs).toBeGreaterThan(100);
    const gaps = payloads.map((payload, i) => (i === 100 || i === 101 ? new Uint8Array(0) : payload));
    expect((await decodeAll(omiFile(gaps), pcmHint('pcm16', 16_000))).samples.length).toBe(64_000);
  });
});

/** One packet out of `per`, by a code of its own: 1 and 2 with two frames, 3 and 4 (of varying lengths) with more. */
function joined(single: readonly Uint8Array[], code: number, per = 2): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let at = 0; at + per <= single.length; at += per) {
    const parts = single.slice(at, at + per).map((packet) => packet.subarray(1));
    const toc = (single[at]?.[0] ?? 0) & 0xfc;
    const longest = Math.max(...parts.map(({ length }) => length));
    const equal = parts.map((part) => concat([part, new Uint8Array(longest - part.length)]));
    if (code === 1) all.push(concat([Uint8Array.of(toc | 1), ...equal]));
    else if (code === 2)
      all.push(concat([Uint8Array.of(toc | 2), lengthOf(parts[0]?.length ?? 0), ...parts]));
    else if (code === 3) all.push(concat([Uint8Array.of(toc | 3, per), ...equal]));
    else
      all.push(
        concat([
          Uint8Array.of(toc | 3, 0x80 | per),
          ...parts.slice(0, -1).map(({ length }) => lengthOf(length)),
          ...parts,
        ]),
      );
  }
  return all;
}

/** Appendix B of RFC 6716: with the length that is otherwise left to the container. */
function selfDelimited(packet: Uint8Array): Uint8Array {
  const code = (packet[0] ?? 0) & 3;
  const body = packet.subarray(1);
  if (code === 0) return concat([packet.subarray(0, 1), lengthOf(body.length), body]);
  if (code === 1) return concat([packet.subarray(0, 1), lengthOf(body.length / 2), body]);
  if (code === 2) {
    const { length, next } = lengthAt(packet, 1);
    return concat([packet.subarray(0, next), lengthOf(packet.length - next - length), packet.subarray(next)]);
  }
  const header = packet[1] ?? 0;
  const count = header & 0x3f;
  if ((header & 0x80) === 0)
    return concat([packet.subarray(0, 2), lengthOf((packet.length - 2) / count), packet.subarray(2)]);
  let [at, sum] = [2, 0];
  for (let frame = 1; frame < count; frame += 1) {
    const { length, next } = lengthAt(packet, at);
    sum += length;
    at = next;
  }
  return concat([packet.subarray(0, at), lengthOf(packet.length - at - sum), packet.subarray(at)]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 252) return Uint8Array.of(length);
  return Uint8Array.of(252 + (length & 3), (length - 252 - (length & 3)) / 4);
}

function lengthAt(packet: Uint8Array, at: number): { length: number; next: number } {
  const first = packet[at] ?? 0;
  return first < 252
    ? { length: first, next: at + 1 }
    : { length: first + 4 * (packet[at + 1] ?? 0), next: at + 2 };
}
