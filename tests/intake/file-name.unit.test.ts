import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimOf, readFileName } from '../../src/intake/claim.ts';

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
    expect(readFileName(name, NOW_MS)).toMatchObject({
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

  it.each([
    'REC_0001.WAV',
    'TASCAM_0001.wav',
    'VOICE_12.m4a',
    'Interview_2.mp3',
    'Sitzung_20260320.mp3',
    'memo_260320.wav',
    'LS_0410_1015.mp3',
    'IMG_1234.MOV',
    'dictation_7.dss',
  ])('a number that numbers files is no time, and the file was made when it was written: %s', (name) => {
    const file = { name, sha256: '', sizeBytes: 1, startedAtMs: null, writtenAtMs: NOW_MS - 3_600_000 };
    expect(claimOf(file, NOW_MS, 'UTC')).toMatchObject({
      verdict: null,
      isByWriting: true,
      startedAtMs: NOW_MS - 3_600_000,
    });
    expect(readFileName(name, NOW_MS).verdict).toBe('name_without_time');
  });

  it('takes a stated time from before 2024, which a name cannot tell', () => {
    const startedAtMs = Date.UTC(2020, 8, 13);
    const file = { name: 'memo.wav', sha256: '', sizeBytes: 1, startedAtMs };
    expect(claimOf(file, NOW_MS, 'UTC')).toMatchObject({ startedAtMs, verdict: null });
    expect(claimOf({ ...file, startedAtMs: Date.UTC(2000, 0, 1) }, NOW_MS, 'UTC').verdict).toBe(
      'clock_too_old',
    );
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

describe('a date in the name', () => {
  const utc = (...wall: [number, number, number, number, number, number?]) =>
    Date.UTC(wall[0], wall[1] - 1, wall[2], wall[3], wall[4], wall[5] ?? 0);

  it.each([
    ['REC_20260320_101500.wav', utc(2026, 3, 20, 10, 15)],
    ['260320_1015.wav', utc(2026, 3, 20, 10, 15)],
    ['2026-03-20 10.15.30.ogg', utc(2026, 3, 20, 10, 15, 30)],
    ['20260320101500.wav', utc(2026, 3, 20, 10, 15)],
    ['Memo 2026-03-20 at 10.15.30.opus', utc(2026, 3, 20, 10, 15, 30)],
    ['REC_20260320_101500_001.wav', utc(2026, 3, 20, 10, 15)],
    ['2026_03_20-10_15.wav', utc(2026, 3, 20, 10, 15)],
    ['20260320 101500-1A2B3C4D.m4a', utc(2026, 3, 20, 10, 15)],
    ['Voice 260320_101500.m4a', utc(2026, 3, 20, 10, 15)],
    ['260320_101500_TrLR.WAV', utc(2026, 3, 20, 10, 15)],
    ['DJI_01_20260320_101500.WAV', utc(2026, 3, 20, 10, 15)],
    ['PLAUD_2026-03-20_10-15-00.mp3', utc(2026, 3, 20, 10, 15)],
    ['WhatsApp Ptt 2026-03-20 at 1.05.09 PM.ogg', utc(2026, 3, 20, 13, 5, 9)],
    ['Recording 2026-03-20 at 12.05.00 AM.m4a', utc(2026, 3, 20, 0, 5)],
    ['Mar 20 at 10-15 AM.m4a', utc(2026, 3, 20, 10, 15)],
    ['March 20, 2026 at 10_15 PM.m4a', utc(2026, 3, 20, 22, 15)],
  ])('%s is a time on the wall', (name, startedAtMs) => {
    expect(readFileName(name, NOW_MS)).toMatchObject({ startedAtMs, verdict: null, isDated: true });
    expect(readFileName(name, NOW_MS, 'America/New_York')).toMatchObject({
      startedAtMs: startedAtMs + 4 * 3_600_000,
    });
  });

  it('a day without a year is the latest one', () => {
    const [november, may] = [Date.UTC(2026, 10, 24), Date.UTC(2026, 4, 1)];
    expect(readFileName('Dec 20 at 10-15 AM.m4a', november).startedAtMs).toBe(utc(2025, 12, 20, 10, 15));
    expect(readFileName('Nov 24 at 10-15 AM.m4a', november).startedAtMs).toBeNull();
    expect(readFileName('Mar 20 at 10-15.m4a', may).startedAtMs).toBe(utc(2026, 3, 20, 10, 15));
  });

  it.each([
    ['260320_1015.mp3', 'sony'],
    ['260320_101500_Tr1.WAV', 'zoom'],
    ['ZOOM0001.WAV', 'zoom'],
    ['DJI_01_20260320_101500.WAV', 'dji'],
    ['PLAUD_2026-03-20_10-15-00.mp3', 'plaud'],
    ['audio_Omi_opus_16000_1_fs160_1735689600.bin', 'omi'],
    ['Voice 260320_101500.m4a', 'unknown'],
    ['New Recording 5.m4a', 'unknown'],
  ])('%s was made by %s', (name, microphone) => {
    expect(readFileName(name, NOW_MS).microphone).toBe(microphone);
  });

  it.each(['PTT-20260320-WA0012.opus', '260320_001.mp3', 'New Recording 5.m4a', 'Mar 20.m4a'])(
    '%s does not tell the time of day',
    (name) => {
      expect(readFileName(name, NOW_MS).startedAtMs).toBeNull();
    },
  );

  it.each([
    ['audio_omi_opus_16000_1_fs160_1735689600.bin', 1_735_689_600_000],
    ['REC_20260320_1774000000.wav', 1_774_000_000_000],
  ])('a count of seconds that can be believed comes first: %s', (name, startedAtMs) => {
    expect(readFileName(name, NOW_MS)).toMatchObject({ startedAtMs, isDated: false });
  });

  it.each([
    ['REC_20260230_101500.wav', 'name_without_time'],
    ['REC_20261320_101500.wav', 'name_without_time'],
    ['REC_20260320_251500.wav', 'name_without_time'],
    ['audio_omi_opus_16000_1_fs160_2401150930.bin', 'clock_in_future'],
    ['REC_20200320_101500.wav', 'clock_too_old'],
    ['REC_20270320_101500.wav', 'clock_in_future'],
  ])('%s is none, or none that can be believed', (name, verdict) => {
    expect(readFileName(name, NOW_MS)).toMatchObject({ startedAtMs: null, verdict });
  });

  it('takes the earlier of an hour that comes twice, and moves an hour that is left out', () => {
    const zone = 'Europe/Berlin';
    expect(readFileName('20251026_023000.wav', NOW_MS, zone).startedAtMs).toBe(utc(2025, 10, 26, 0, 30));
    expect(readFileName('20260329_023000.wav', NOW_MS, zone).startedAtMs).toBe(utc(2026, 3, 29, 1, 30));
    expect(readFileName('20260701_120000.wav', NOW_MS, zone).startedAtMs).toBe(utc(2026, 7, 1, 10, 0));
  });
});
