import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileName } from '../../src/intake/file-name.ts';

const NOW_MS = Date.UTC(2026, 10, 24);

describe('readFileName', () => {
  it.each([
    ['audio_omi_opus_16000_1_fs160_1735689600.bin', 'omi', 'opus', 16_000, 160, 1_735_689_600_000],
    ['audio_omi_opus_fs320_16000_1_fs320_1735689600.bin', 'omi', 'opus', 16_000, 320, 1_735_689_600_000],
    [
      'audio_limitless_opus_16000_1_fs320_1735689600.bin',
      'limitless',
      'opus',
      16_000,
      320,
      1_735_689_600_000,
    ],
    [
      'audio_phonemic_pcm16_16000_1_fs160_1735689600.bin',
      'phonemic',
      'pcm16',
      16_000,
      160,
      1_735_689_600_000,
    ],
    ['audio_omi_pcm8_8000_1_fs160_1735689600.bin', 'omi', 'pcm8', 8000, 160, 1_735_689_600_000],
    ['audio_omi_opus_16000_1_fs160_1735689600.25.bin', 'omi', 'opus', 16_000, 160, 1_735_689_600_250],
    ['audio_omi_opus_16000_1_fs160_1735689600250.bin', 'omi', 'opus', 16_000, 160, 1_735_689_600_250],
    ['audio_omi_opus_16000_1_1735689600.bin', 'omi', 'opus', 16_000, 160, 1_735_689_600_000],
    ['audio_omi_pcm16_1_1735689600.bin', 'omi', 'pcm16', 16_000, 160, 1_735_689_600_000],
  ])('reads %s', (name, microphone, codec, sampleRateHz, frameSamples, startedAtMs) => {
    expect(readFileName(name, NOW_MS)).toEqual({
      microphone,
      codec: { codec, sampleRateHz, frameSamples },
      startedAtMs,
      verdict: null,
    });
  });

  it.each([
    ['notes.txt', 'name_not_a_recording'],
    ['recording.bin', 'name_without_time'],
    ['audio_omi_opus_16000_1_fs160_.bin', 'name_without_time'],
    ['audio_omi_opus_16000_1_fs160_17x.bin', 'name_without_time'],
    ['../audio_1735689600.bin', 'name_with_path'],
    ['audio_omi_opus_fs320_16000_1_fs320_4102444800.bin', 'clock_in_future'],
    ['audio_omi_opus_fs320_16000_1_fs320_946684800.bin', 'clock_too_old'],
    [`audio_omi_opus_16000_1_fs160_${NOW_MS / 1000 + 301}.bin`, 'clock_in_future'],
  ])('refuses the time of %s as %s', (name, verdict) => {
    expect(readFileName(name, NOW_MS)).toMatchObject({ startedAtMs: null, verdict });
  });

  it('allows a clock that runs five minutes ahead', () => {
    expect(
      readFileName(`audio_omi_opus_16000_1_fs160_${NOW_MS / 1000 + 300}.bin`, NOW_MS).verdict,
    ).toBeNull();
  });

  it('gives a time or a verdict for any name, and never both', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `audio_${s}_1735689600.bin`),
        ),
        (name) => {
          const claim = readFileName(name, NOW_MS);
          expect(claim.startedAtMs === null).toBe(claim.verdict !== null);
        },
      ),
    );
  });
});
