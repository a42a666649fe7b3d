/** Containers that are read without another library: what is heard, when, and what is told of the rest. */
import { describe, expect, test } from 'vitest';
import { decodeAll, levelDb, pcmHint, sine } from './collect.ts';
import { aiffFile, auFile, cafFile, matroskaFile, samplesOf16 } from './container-writer.ts';
import { concat, encodeOpus, omiFile } from './omi-writer.ts';

const TONE = sine(440, 16_000, 16_000, 0.5);

describe('plain samples', () => {
  test.each([
    ['aiff', aiffFile(TONE, 16_000)],
    ['au', auFile(TONE, 16_000)],
    ['au', auFile(TONE, 16_000, 0xffff_ffff)],
    ['caf', cafFile(TONE, 16_000, true)],
    ['caf', cafFile(TONE, 16_000, false)],
    ['matroska', pcmMatroska(false)],
    ['matroska', pcmMatroska(true)],
  ])('%s is heard as it is', async (format, file) => {
    const { samples, report } = await decodeAll(file, null);
    expect(report).toMatchObject({ format, damage: null, lostMs: 0, bytesLost: 0, bytesRead: file.length });
    expect(samples.length).toBe(16_000);
    for (const at of [0, 1, 999, 15_999]) expect(samples[at]).toBeCloseTo(TONE[at] ?? 0, 3);
  });

  test.each([aiffFile(TONE, 16_000), auFile(TONE, 16_000), cafFile(TONE, 16_000, true)])(
    'one that ends early tells what is missing',
    async (file) => {
      const { samples, report } = await decodeAll(file.subarray(0, file.length - 8_001), null);
      expect(samples.length).toBe(11_999);
      expect(report.damage).toBe('data_cut_short');
      expect(report.lostMs).toBeCloseTo(250, 0);
    },
  );

  test('the bytes decide, and not the name', async () => {
    const { report } = await decodeAll(aiffFile(TONE, 16_000), pcmHint('pcm16', 16_000));
    expect(report.format).toBe('aiff');
  });
});

function pcmMatroska(isLive: boolean): Uint8Array {
  const blocks = Array.from({ length: 50 }, (_, at) => ({
    atMs: at * 20,
    packet: samplesOf16(TONE.subarray(at * 320, at * 320 + 320), true),
  }));
  return matroskaFile({ codec: 'A_PCM/INT/LIT', rate: 16_000, blocks, isLive });
}

describe('Opus in WebM', () => {
  const head = concat([Buffer.from('OpusHead'), Uint8Array.of(1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0)]);
  const file = async (skip: (at: number) => boolean, isLive = true) => {
    const packets = await encodeOpus({ samplesPerPacket: 320, packets: 100 });
    const blocks = packets.flatMap((packet, at) => (skip(at) ? [] : { atMs: 7_000 + at * 20, packet }));
    return matroskaFile({ codec: 'A_OPUS', rate: 48_000, blocks, private: head, isLive });
  };

  test('is as long as its packets, wherever its clock begins', async () => {
    for (const isLive of [true, false]) {
      const { samples, report } = await decodeAll(await file(() => false, isLive), null);
      expect(samples.length).toBe(32_000);
      expect(levelDb(samples)).toBeGreaterThan(-20);
      expect(report).toMatchObject({ format: 'matroska', damage: null, lostMs: 0 });
    }
  });

  test('keeps the time over what was not sent', async () => {
    const { samples, report } = await decodeAll(await file((at) => at >= 20 && at < 60), null);
    expect(samples.length).toBe(32_000);
    expect(levelDb(samples.subarray(8_000, 18_000))).toBeLessThan(-40);
    expect(report.lostMs).toBe(0);
  });

  test('goes on at the next cluster behind damage', async () => {
    const whole = await file(() => false);
    const at = Math.floor(whole.length / 2);
    const { samples, report } = await decodeAll(
      concat([whole.subarray(0, at), new Uint8Array(300).fill(0x7f), whole.subarray(at + 300)]),
      null,
    );
    expect(Math.abs(samples.length - 32_000)).toBeLessThanOrEqual(640);
    expect(report.damage).not.toBeNull();
    expect(report.lostMs).toBeGreaterThan(0);
  });
});

describe('8 bits in Omi frames', () => {
  const codes = (encode: (sample: number) => number) =>
    omiFile(
      Array.from({ length: 100 }, (_, frame) =>
        Uint8Array.from({ length: 160 }, (__, at) => encode(voice(frame * 160 + at))),
      ),
    );
  /** Speech is tones that come and go, with noise between. */
  const voice = (at: number) =>
    (Math.floor(at / 2_000) % 2 ? 0.3 : 0.01) * Math.sin((2 * Math.PI * 200 * at) / 8_000) +
    0.004 * Math.sin(at * at);

  test('are mu-law where they are, whatever the name says', async () => {
    const { samples, report } = await decodeAll(codes(mulaw), pcmHint('pcm8', 8_000));
    expect(report.format).toBe('omi-mulaw');
    expect(samples.length).toBe(32_000);
    expect(Math.max(...samples)).toBeCloseTo(0.3, 1);
  });

  test('are plain where they are', async () => {
    const plain = codes((sample) => Math.round(128 + 127 * sample));
    expect((await decodeAll(plain, pcmHint('pcm8', 8_000))).report.format).toBe('omi-pcm8');
    const silence = omiFile(Array.from({ length: 50 }, () => new Uint8Array(160).fill(128)));
    expect((await decodeAll(silence, pcmHint('pcm8', 8_000))).report.format).toBe('omi-pcm8');
    const quiet = omiFile(Array.from({ length: 50 }, () => new Uint8Array(160).fill(255)));
    expect((await decodeAll(quiet, pcmHint('pcm8', 8_000))).report.format).toBe('omi-mulaw');
  });

  test('frames of a codec that is not read are refused by its name', async () => {
    const hint = { codec: 'opus' as const, sampleRateHz: 16_000, frameSamples: 160, frames: 'LC3' as const };
    const refusal = decodeAll(omiFile([new Uint8Array(40).fill(7)]), hint);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported_format' });
    await expect(refusal).rejects.toThrow('LC3');
  });

  test.each([
    ['Creative Voice File\x1a\x1a\0', 'VOC'],
    ['MS_VOICE', 'MSV'],
    ['ea3\x03\0\0', 'OMA'],
    ['.RMF\0\0\0\x12', 'RealAudio'],
    ['\x7f\xfe\x80\x01', 'DTS'],
  ])('a file that begins with %j is refused as %s', async (magic, name) => {
    const refusal = decodeAll(concat([Buffer.from(magic, 'latin1'), new Uint8Array(2_000)]), null);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported_format' });
    await expect(refusal).rejects.toThrow(name);
  });
});

function mulaw(sample: number): number {
  const magnitude = Math.min(32_635, Math.round(Math.abs(sample) * 32_768)) + 132;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  const code = (sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15);
  return ~code & 0xff;
}
