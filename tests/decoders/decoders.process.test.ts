/** Files as recorders and phones write them, whole, damaged and hostile: what decodes them runs in threads and processes. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { describe, expect, test, vi } from 'vitest';
import { ByteReader } from '../../src/audio/byte-reader.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { decodeWithFfmpeg } from '../../src/decoders/ffmpeg.ts';
import { atMost } from '../../src/decoders/longest.ts';
import { decodeInThread } from '../../src/decoders/own-thread.ts';
import { decodeOggVorbis } from '../../src/decoders/vorbis.ts';
import { decoded, edges, FFMPEG, fixture, hertz } from './tone.ts';

const NEVER_MS = 50;

function expectTone(samples: Float32Array): void {
  const found = edges(samples);
  expect(found).toHaveLength(4);
  for (const [index, ms] of [500, 1_500, 2_000, 2_500].entries())
    expect(Math.abs((found[index] ?? 0) - ms)).toBeLessThanOrEqual(NEVER_MS);
  expect(Math.abs(samples.length / 16 - 3_000)).toBeLessThanOrEqual(70);
  expect(hertz(samples, 600, 1_400)).toBeCloseTo(1_000, -1);
  expect(hertz(samples, 2_100, 2_400)).toBeCloseTo(440, -1);
}

describe('the tone is heard at its time, without ffmpeg', () => {
  test.each([
    ['tone.mp3', 'mp3'],
    ['tone-stereo-vbr.mp3', 'mp3'],
    ['tone.flac', 'flac'],
    ['tone-flac.ogg', 'ogg-flac'],
    ['tone-vorbis.ogg', 'ogg-vorbis'],
    ['tone-opus.webm', 'matroska'],
  ])('%s', async (name, format) => {
    const bytes = fixture(name);
    const { samples, report } = await decoded(bytes, null);
    expectTone(samples);
    expect(report).toMatchObject({ format, damage: null, lostMs: 0, concealedFrames: 0 });
    expect(report.bytesRead).toBe(bytes.length);
  });
});

describe.skipIf(FFMPEG === null)('the tone is heard at its time, by ffmpeg', () => {
  test.each([
    ['tone.m4a', 'mp4'], // its index lies behind the sound
    ['tone.aac', 'adts'],
    ['tone.wma', 'asf'],
    ['tone-alac.caf', 'caf-packed'], // its packet table lies behind the sound
    ['tone-ima.wav', 'wav-packed'],
    ['tone-ms.wav', 'wav-packed'],
    ['tone-gsm.wav', 'wav-packed'],
    ['tone-vorbis.webm', 'matroska-packed'],
  ])('%s', async (name, format) => {
    const bytes = fixture(name);
    const { samples, report } = await decoded(bytes);
    expectTone(samples);
    expect(report).toMatchObject({ format, damage: null, lostMs: 0 });
    expect(report.bytesRead).toBe(bytes.length);
  });

  test('an MP4 in fragments, whose encoder does not say how it began', async () => {
    const { samples } = await decoded(fixture('tone-fragmented.mp4'));
    expect(Math.abs((edges(samples)[0] ?? 0) - 500)).toBeLessThanOrEqual(70);
  });

  test('AMR has its length', async () => {
    // Frames of mode 0 without sound: no free encoder writes others.
    const frame = Uint8Array.from({ length: 13 }, (_, at) => (at === 0 ? 0x04 : 0));
    const bytes = new Uint8Array(6 + 150 * 13);
    bytes.set(Buffer.from('#!AMR\n'));
    for (let at = 0; at < 150; at += 1) bytes.set(frame, 6 + at * 13);
    const { samples, report } = await decoded(bytes);
    expect(samples.length / 16).toBe(3_000);
    expect(report.format).toBe('amr');
  });
});

test('without ffmpeg a format is refused by its name', async () => {
  for (const [name, said] of [
    ['tone.m4a', 'M4A'],
    ['tone.aac', 'AAC'],
    ['tone.wma', 'Windows Media'],
    ['tone-alac.caf', 'Core Audio'],
  ] as const) {
    const refusal = decoded(fixture(name), null);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported_format' });
    await expect(refusal).rejects.toThrow(said);
  }
});

describe('a damaged file', () => {
  const cut = (bytes: Uint8Array, from: number, to: number) =>
    new Uint8Array([...bytes.subarray(0, from), ...bytes.subarray(to)]);

  test.each(['tone.mp3', 'tone.flac', 'tone-flac.ogg', 'tone-vorbis.ogg', 'tone-opus.webm', 'tone.aac'])(
    '%s that ends early is heard up to there, and told',
    async (name) => {
      if (name === 'tone.aac' && FFMPEG === null) return;
      const bytes = fixture(name);
      const { samples, report } = await decoded(bytes.subarray(0, Math.floor(bytes.length * 0.7) + 3));
      expect(Math.abs((edges(samples)[0] ?? 0) - 500)).toBeLessThanOrEqual(NEVER_MS);
      expect(samples.length).toBeLessThan(46_000);
      expect(report.damage ?? (report.bytesLost > 0 ? 'lost' : null)).not.toBeNull();
    },
  );

  test.each([
    ['tone.flac', 0.35], // in its notes, which then end within the sound
    ['tone.flac', 0.9],
    ['tone-flac.ogg', 0.35],
    ['tone-vorbis.ogg', 0.7],
  ] as const)('%s with bytes missing at %f of it keeps the time of what follows', async (name, share) => {
    const bytes = fixture(name);
    const { samples, report } = await decoded(cut(bytes, bytes.length * share, bytes.length * share + 400));
    const last = edges(samples).at(-1) ?? 0;
    expect(Math.abs(last - 2_500)).toBeLessThanOrEqual(NEVER_MS);
    expect(report.damage).not.toBeNull();
    expect(report.lostMs).toBeGreaterThan(0);
  });

  test('noise in an MP3 is silence of its length', async () => {
    const bytes = new Uint8Array(fixture('tone.mp3'));
    for (let at = 3_000; at < 3_600; at += 1) bytes[at] = (at * 7919) & 0xff;
    const { samples, report } = await decoded(bytes);
    expect(Math.abs(samples.length / 16 - 3_027)).toBeLessThanOrEqual(NEVER_MS);
    expect(report.concealedFrames).toBeGreaterThan(0);
  });

  test.skipIf(FFMPEG === null)('an M4A whose recorder was cut off has no index, and says so', async () => {
    const refusal = decoded(fixture('tone.m4a').subarray(0, 6_000));
    await expect(refusal).rejects.toMatchObject({ code: 'no_frames' });
    await expect(refusal).rejects.toThrow('no index');
  });

  test.skipIf(FFMPEG === null)(
    'an M4A with its index in front that lost its end tells how much',
    async () => {
      const whole = fixture('tone.m4a');
      const text = Buffer.from(whole).toString('latin1');
      const [mdat, moov] = [text.indexOf('mdat') - 4, text.indexOf('moov') - 4];
      const { shifted } = await import('../../src/audio/mp4-index.ts');
      const index = shifted(whole.subarray(moov), mdat, whole.length - moov);
      const front = new Uint8Array([
        ...whole.subarray(0, mdat),
        ...index,
        ...whole.subarray(mdat, moov - 2_500),
      ]);
      const { samples, report } = await decoded(front);
      expect(edges(samples).slice(0, 2)).toEqual([500, 1_500]);
      expect(report.lostMs).toBeGreaterThan(500);
    },
  );
});

test('sound that the temporary folder does not take whole is a failure, and no silence', async () => {
  const from = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const program = `
    import { ByteReader } from ${from('audio/byte-reader.ts')};
    import { emptyReport } from ${from('audio/report.ts')};
    import { seekable } from ${from('decoders/seekable.ts')};
    // Of a process that writes more than it may; otherwise it would be ended.
    process.on('SIGXFSZ', () => {});
    const { chunks } = await seekable('mp4', new ByteReader(process.stdin), emptyReport());
    for await (const _ of chunks);`;
  const command = [process.execPath, '--input-type=module', '--eval', program];
  // 4,096 bytes of the 6,800 of its sound: the system says of the first write how much it took, and refuses the next.
  const run = promisify(execFile)('/bin/sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', ...command], {
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  run.child.stdin?.end(fixture('tone.m4a'));
  await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining('EFBIG') });
});

test('an Ogg Vorbis file without its setup costs no arrays for channels that it does not have', async () => {
  const decode = vi.spyOn(OggVorbisDecoder.prototype, 'decode');
  const pages = Buffer.from(fixture('tone-vorbis.ogg'));
  const at = [...pages.toString('latin1').matchAll(/OggS/g)].map(({ index }) => index);
  const bytes = Buffer.concat([pages.subarray(0, at[1]), pages.subarray(at[2])]);
  const source = (async function* () {
    yield new Uint8Array(bytes);
  })();
  const heard = decodeOggVorbis(new ByteReader(source), emptyReport());
  await expect(heard.next()).rejects.toMatchObject({ code: 'no_frames' });
  const channels = decode.mock.settledResults.map(({ value }) => value.channelData.length);
  expect(channels).toEqual(at.slice(1).map(() => 0));
});

describe('a hostile file costs itself', () => {
  test('a thread that hangs is ended, and the attempt fails', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-decoders-'));
    try {
      const entry = join(folder, 'hangs.mjs');
      await writeFile(entry, 'for (;;);');
      const sound = decodeInThread('mp3', readerOf(fixture('tone.mp3')), emptyReport(), {
        entry,
        silentMs: 200,
      });
      await expect(sound.next()).rejects.toThrow('stopped answering');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a time in which this process stood still is no silence of a decoder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-decoders-'));
    try {
      const program = join(folder, 'slow.sh');
      await writeFile(program, '#!/bin/sh\ncat >/dev/null; sleep 0.3\n', { mode: 0o755 });
      const bytes = readerOf(fixture('tone.aac'));
      const sound = decodeWithFfmpeg(program, 'adts', bytes, emptyReport(), { silentMs: 600 });
      const [heard] = await Promise.all([
        sound.next().catch((error: unknown) => error),
        delay(100).then(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200)),
      ]);
      expect(heard).toMatchObject({ code: 'no_frames' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a thread that takes too much memory costs the file, and this process goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-decoders-'));
    try {
      const entry = join(folder, 'grows.mjs');
      await writeFile(
        entry,
        'const all = []; for (;;) all.push(new Array(1e6).fill(0).map((_, i) => ({ i })));',
      );
      const sound = decodeInThread('flac', readerOf(fixture('tone.flac')), emptyReport(), { entry });
      await expect(sound.next()).rejects.toMatchObject({ code: 'no_frames' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a bomb ends at the longest that is heard', async () => {
    const report = emptyReport();
    const endless = (async function* () {
      for (;;) yield new Float32Array(16_000);
    })();
    let samples = 0;
    for await (const piece of atMost(endless, report, 40_000)) samples += piece.length;
    expect(samples).toBe(40_000);
    expect(report.damage).toBe('too_long');
  });

  test.skipIf(FFMPEG === null)('ffmpeg without memory fails alone', async () => {
    const sound = decodeWithFfmpeg(FFMPEG ?? '', 'adts', readerOf(fixture('tone.aac')), emptyReport(), {
      memoryKb: 40_000,
    });
    await expect(sound.next()).rejects.toThrow(/cannot be started|found no sound/);
  });

  test('an ffmpeg that is gone is no fault of the file, and one that stops reading is heard out', async () => {
    const much = new Uint8Array(2_000_000).fill(0x55);
    const gone = decodeWithFfmpeg('/none/ffmpeg', 'adts', readerOf(much), emptyReport());
    await expect(gone.next()).rejects.toThrow('cannot be started');
    const fails = decodeWithFfmpeg('/bin/false', 'adts', readerOf(much), emptyReport());
    await expect(fails.next()).rejects.toMatchObject({ code: 'no_frames' });
  });

  test('an ffmpeg that writes what is no sound, and more than anybody reads, costs the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterword-decoders-'));
    try {
      for (const [index, reads] of ['cat >/dev/null; ', ''].entries()) {
        const program = join(folder, `writes-${index}.sh`);
        await writeFile(program, `#!/bin/sh\n${reads}head -c 3000000 /dev/zero\n`, { mode: 0o755 });
        const much = readerOf(new Uint8Array(2_000_000));
        const sound = decodeWithFfmpeg(program, 'adts', much, emptyReport());
        await expect(sound.next()).rejects.toMatchObject({ code: 'no_frames' });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.skipIf(FFMPEG === null)('a playlist in a container names no other file', async () => {
    const list = Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/hostname\n');
    const sound = decodeWithFfmpeg(FFMPEG ?? '', 'adts', readerOf(list), emptyReport());
    await expect(sound.next()).rejects.toMatchObject({ code: 'no_frames' });
  });

  test('leaving early ends the thread and the process', async () => {
    for (const name of ['tone.flac', ...(FFMPEG === null ? [] : ['tone.aac'])]) {
      const bytes = fixture(name);
      let isClosed = false;
      const source = (async function* () {
        try {
          for (;;) yield bytes;
        } finally {
          isClosed = true;
        }
      })();
      const { decode } = await import('../../src/audio/decode.ts');
      const { outsideDecoder } = await import('../../src/decoders/outside.ts');
      for await (const _ of decode(source, null, emptyReport(), 0, 0, outsideDecoder(FFMPEG))) break;
      expect(isClosed).toBe(true);
    }
    expect((await readdir(tmpdir())).filter((file) => file.endsWith('.spool'))).toEqual([]);
  });

  test('a source that fails is no fault of the file', async () => {
    for (const name of ['tone.flac', ...(FFMPEG === null ? [] : ['tone.aac'])]) {
      const failing = (async function* () {
        yield fixture(name).subarray(0, 1_000);
        throw new Error('the disk is gone');
      })();
      await expect(decoded(failing)).rejects.toThrow('the disk is gone');
    }
  });
});

function readerOf(bytes: Uint8Array): ByteReader {
  return new ByteReader(
    (async function* () {
      yield bytes;
    })(),
  );
}
