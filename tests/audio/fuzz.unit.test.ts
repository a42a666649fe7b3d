import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AudioHint } from '../../src/audio/hint.ts';
import { AudioError } from '../../src/audio/report.ts';
import { daySample, decodeAll, opusHint, pcmHint, sine } from './collect.ts';
import { mutate, mutation } from './mutations.ts';
import { oggFile } from './ogg-writer.ts';
import { concat, encodeOpus, omiFile, payloadsOf } from './omi-writer.ts';
import { samplesToBytes, wavFile } from './wav-writer.ts';

/**
 * The most that a byte of input may become: a packet of one byte and its length of four are up to 120 ms in Omi's
 * framing; in Ogg two bytes are, and a gap may double that and add ten seconds; 8-bit PCM at 8 kHz is two samples.
 */
const MAX_SAMPLES_PER_BYTE = 2 * 960;
const MAX_EXTRA_SAMPLES = 11 * 16_000;

async function expectCivil(bytes: Uint8Array, hint: AudioHint | null): Promise<void> {
  try {
    const { samples, blocks, report } = await decodeAll(bytes, hint);
    expect(samples.every((sample) => sample >= -1 && sample <= 1)).toBe(true);
    expect(samples.length).toBeLessThanOrEqual(bytes.length * MAX_SAMPLES_PER_BYTE + MAX_EXTRA_SAMPLES);
    expect(Math.max(...blocks)).toBeLessThanOrEqual(16_000);
    expect(report.durationMs).toBe(samples.length / 16);
    expect(report.bytesRead).toBe(bytes.length);
    expect(report.bytesLost).toBeLessThanOrEqual(bytes.length);
    expect(report.concealedFrames).toBeLessThanOrEqual(report.frames);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
  }
}

const seeds = new Map<string, { file: Uint8Array; hint: AudioHint | null }>();

beforeAll(async () => {
  const opus = payloadsOf(daySample('audio_omi_opus_fs320_16000_1_fs320_1774000420.bin')).slice(1200, 1280);
  const celt = await encodeOpus({ samplesPerPacket: 160, packets: 80, bitrate: 32_000 });
  const pcm = daySample('audio_phonemic_pcm16_16000_1_fs160_1774000480.bin').slice(40 * 324, 60 * 324);
  const tone = [...sine(500, 16_000, 2_000)];
  const wav = { tag: 1, channels: 2, rate: 44_100 };
  seeds.set('omi-opus', { file: omiFile(opus), hint: opusHint(320) });
  seeds.set('omi-opus, 10 ms', { file: omiFile(celt), hint: opusHint(160) });
  seeds.set('omi-pcm16', { file: pcm, hint: pcmHint('pcm16', 16_000) });
  seeds.set('omi-pcm8', { file: pcm, hint: pcmHint('pcm8', 8_000) });
  seeds.set('wav', { file: wavFile(samplesToBytes(tone, 1, 24), { ...wav, bits: 24 }), hint: null });
  seeds.set('wav, float', {
    file: wavFile(samplesToBytes(tone, 3, 32), {
      tag: 3,
      bits: 32,
      channels: 1,
      rate: 16_000,
      extensible: true,
    }),
    hint: null,
  });
  seeds.set('ogg-opus', {
    file: oggFile({ packets: opus, packetGranules: 960, packetsPerPage: 8, preSkip: 312 }),
    hint: null,
  });
});

describe('whatever happens to a file, the answer is sound or an AudioError', () => {
  test.each(['omi-opus', 'omi-opus, 10 ms', 'omi-pcm16', 'omi-pcm8', 'wav', 'wav, float', 'ogg-opus'])(
    '%s',
    async (name) => {
      const seed = seeds.get(name) ?? { file: new Uint8Array(0), hint: null };
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
          await expectCivil(mutations.reduce(mutate, seed.file), seed.hint);
        }),
        { numRuns: 1_500, interruptAfterTimeLimit: 4_000 },
      );
    },
  );

  test('random bytes behind every magic number, under every name', async () => {
    const heads = [
      '',
      'RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0',
      'OggS\0\x02',
      '\x28\0\0\0',
      '\x01\0\0\0',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...heads),
        fc.uint8Array({ maxLength: 600 }),
        fc.constantFrom(null, opusHint(320), opusHint(40), pcmHint('pcm16', 8_000), pcmHint('pcm8', 48_000)),
        async (head, rest, hint) => expectCivil(concat([Buffer.from(head, 'latin1'), rest]), hint),
      ),
      { numRuns: 5_000, interruptAfterTimeLimit: 4_000 },
    );
  });
});
