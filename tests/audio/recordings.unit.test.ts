import { describe, expect, test } from 'vitest';
import { decode } from '../../src/audio/decode.ts';
import { AudioError, emptyReport } from '../../src/audio/report.ts';
import { daySample, decodeAll, fixture, inChunks, levelDb, opusHint, pcmHint } from './collect.ts';
import { omiFile } from './omi-writer.ts';

const BAD = 'audio_omi_opus_fs320_16000_1_fs320_';

describe('a real day', () => {
  test.each(['1774000000', '1774000060', '1774000120', '1774000420', '1774001200'])(
    'opus %s: a minute without a concealed frame',
    async (start) => {
      const file = daySample(`audio_omi_opus_fs320_16000_1_fs320_${start}.bin`);
      const { report, samples, blocks } = await decodeAll(file, opusHint(320));
      expect(report).toEqual({
        format: 'omi-opus',
        frames: 3001,
        concealedFrames: 0,
        skippedFrames: 0,
        bytesRead: file.length,
        bytesLost: 0,
        damage: null,
        durationMs: 60_020,
        lostMs: 0,
        tracks: 1,
      });
      expect(samples.length).toBe(960_320);
      expect(blocks).toEqual([...new Array<number>(60).fill(16_000), 320]);
      expect(levelDb(samples)).toBeGreaterThan(-40);
    },
  );

  test('pcm16: exactly a minute', async () => {
    const file = daySample('audio_phonemic_pcm16_16000_1_fs160_1774000480.bin');
    const { report } = await decodeAll(file, pcmHint('pcm16', 16_000));
    expect(report).toMatchObject({ format: 'omi-pcm16', frames: 6000, durationMs: 60_000, damage: null });
  });

  test.each([opusHint(160), opusHint(1920), opusHint(333), null])(
    'a name that lies about the frame size (%o) changes nothing',
    async (hint) => {
      const file = daySample('audio_omi_opus_fs320_16000_1_fs320_1774000000.bin');
      const told = await decodeAll(file, opusHint(320));
      expect(await decodeAll(file, hint)).toEqual(told);
    },
  );
});

describe('what devices really send', () => {
  test('a last frame cut short: the prefix is kept, the loss reported', async () => {
    const { report } = await decodeAll(fixture(`${BAD}1774100060.bin`), opusHint(320));
    expect(report).toMatchObject({
      frames: 1000,
      concealedFrames: 0,
      durationMs: 20_000,
      damage: 'last_frame_cut_short',
      bytesLost: 24,
    });
  });

  test('a frame length over the limit: the prefix is kept, the loss reported', async () => {
    const { report } = await decodeAll(fixture(`${BAD}1774100120.bin`), opusHint(320));
    expect(report).toMatchObject({
      frames: 1000,
      durationMs: 20_000,
      damage: 'frame_length_out_of_range',
      bytesLost: 1004,
    });
  });

  test('every 100th packet is random bytes: these 31 are concealed, and only these', async () => {
    const damaged = await decodeAll(fixture(`${BAD}1774100180.bin`), opusHint(320));
    const whole = await decodeAll(daySample(`${BAD}1774000000.bin`), opusHint(320));
    expect(damaged.report).toMatchObject({
      frames: 3001,
      concealedFrames: 31,
      durationMs: 60_020,
      damage: null,
    });
    // The sound in the middle between two bad packets has recovered: it is where it was, and it is what it was.
    for (let bad = 0; bad < 2900; bad += 100) {
      const [from, to] = [(bad + 50) * 320, (bad + 95) * 320];
      const error = damaged.samples
        .slice(from, to)
        .map((sample, i) => sample - (whole.samples[from + i] ?? 0));
      expect(levelDb(error)).toBeLessThan(Math.max(-50, levelDb(whole.samples.slice(from, to)) - 15));
    }
  });

  test.each([
    [`${BAD}1774100000.bin`, 'empty_file'],
    [`${BAD}1774100240.bin`, 'not_audio'],
    [`${BAD}1774100300.bin`, 'erased_storage'],
    ['notes.txt', 'not_audio'],
  ])('%s is refused as %s', async (name, code) => {
    for (const hint of [opusHint(320), pcmHint('pcm16', 16_000), null]) {
      await expect(decodeAll(fixture(name), hint)).rejects.toMatchObject({ name: 'AudioError', code });
    }
  });

  test.each([`${BAD}4102444800.bin`, `${BAD}946684800.bin`, 'recording.bin'])(
    '%s: a wrong clock or no timestamp does not make the sound unreadable',
    async (name) => {
      const { report } = await decodeAll(fixture(name), opusHint(320));
      expect(report).toMatchObject({ frames: 500, concealedFrames: 0, durationMs: 10_000, damage: null });
    },
  );

  test('noise and silence as PCM are sound', async () => {
    const noise = await decodeAll(
      fixture('audio_omi_pcm16_16000_1_fs160_1774100420.bin'),
      pcmHint('pcm16', 16_000),
    );
    expect(noise.report).toMatchObject({ frames: 1500, durationMs: 15_000, damage: null });
    const minute = omiFile(new Array<Uint8Array>(6000).fill(new Uint8Array(320)));
    const silence = await decodeAll(minute, pcmHint('pcm16', 16_000));
    expect(silence.report).toMatchObject({ frames: 6000, durationMs: 60_000, damage: null });
    expect(silence.samples.every((sample) => sample === 0)).toBe(true);
  });

  test.each([
    ['fLaC', 'fLaC\0\0\0\x22'],
    ['MP3', 'ID3\x04\0\0\0\0\0\0\0\0'],
    ['MP3 without a tag', '\xff\xfb\x90\x64'],
    ['MPEG-2 layer 3', '\xff\xf3\x40\xc4'],
    ['AAC', '\xff\xf1\x50\x80'],
    ['AMR', '#!AMR\n'],
    ['MP4', '\0\0\0\x1cftypM4A '],
  ])('%s is audio, of a kind that is not read', async (_, head) => {
    const bytes = new Uint8Array(Buffer.from(head + '\x55'.repeat(1000), 'latin1'));
    await expect(decodeAll(bytes, opusHint(320))).rejects.toMatchObject({ code: 'unsupported_format' });
  });
});

describe('the source', () => {
  test('its failure is passed on as it is, so that it can be retried', async () => {
    const failure = new Error('disk gone');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield daySample(`${BAD}1774000000.bin`).subarray(0, 50_000);
      throw failure;
    }
    const consume = async (): Promise<void> => {
      for await (const _ of decode(failing(), opusHint(320), emptyReport()));
    };
    await expect(consume()).rejects.toBe(failure);
    expect(failure).not.toBeInstanceOf(AudioError);
  });

  test('is closed when the consumer stops early', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(daySample(`${BAD}1774000000.bin`), [20_000]);
      } finally {
        closed = true;
      }
    }
    for await (const _ of decode(source(), opusHint(320), emptyReport())) break;
    expect(closed).toBe(true);
  });
});
