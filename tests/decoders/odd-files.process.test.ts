/** One row for each odd or hostile kind of file that people send: what is heard of it, or in which words it is refused. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { oggChecksum } from '../../src/audio/ogg-page.ts';
import { chunk, wavFile } from '../audio/wav-writer.ts';
import { decoded, edges, FFMPEG, fixture } from './tone.ts';

const TONE = [500, 1_500, 2_000, 2_500];
const NEVER_MS = 50;
const plain = { tag: 1, bits: 16, channels: 1, rate: 16_000 };
const samples = new Uint8Array(await tonePcm());
const wav = wavFile(samples, plain);
const list = chunk('LIST', Buffer.from('INFOISFT\x04\0\0\0abc\0'));
const mp3 = fixture('tone.mp3');
const large = 0xffff_ffff;
const DIARY = 'Dear diary, today I went to the market.';

interface Heard {
  /** Where the sound begins and ends, in ms; that of the tone if nothing is said. */
  edges?: number[];
  damage?: string | null;
  lostMs?: number;
}

describe('it is heard without ffmpeg', () => {
  const rows: [string, Uint8Array, Heard?][] = [
    ['a WAV whose notes come first', wavFile(samples, { ...plain, before: [list] })],
    ['a WAV with 100 kB of notes in front', wavFile(samples, { ...plain, before: [notes(100_000)] })],
    ['a WAV that says WAVE_FORMAT_EXTENSIBLE', wavFile(samples, { ...plain, extensible: true })],
    ['a WAV of 8 channels', wavFile(channelsOf(8), { ...plain, channels: 8 })],
    ['a WAV of 16 channels', wavFile(channelsOf(16), { ...plain, channels: 16 })],
    ['a WAV of unknown length', wavFile(samples, { ...plain, dataSize: large, riffSize: large })],
    ['a WAV that was never closed', wavFile(samples, { ...plain, dataSize: 0, riffSize: 0 })],
    ['BW64', rf64('BW64', samples.length)],
    ['RF64 without its lengths', rf64('RF64', 0)],
    // It said that 140,737,488,352 seconds are missing.
    ['RF64 that claims 4 PB', rf64('RF64', 2 ** 52), { damage: 'data_cut_short', lostMs: 360_000_000 }],
    ['FLAC that claims years', claimingFlac(), { damage: 'data_cut_short', lostMs: 360_000_000 }],
    ['an MP3 behind the cover of an album', joined(id3(cover(3_000_000)), mp3)],
    ['an MP3 whose cover holds the start of a WAV', joined(id3(cover(5_000, 'RIFF\0\0\0\0WAVEfmt ')), mp3)],
    ['an MP3 whose cover holds the start of an Ogg', joined(id3(cover(5_000, 'OggS\0\x02')), mp3)],
    ['an MP3 behind two tags', joined(id3(cover(3_000)), id3(cover(3_000)), mp3)],
    ['an MP3 whose tag claims 200 MB', joined(id3(noise(3_000), 200e6), mp3), { damage: 'frame_misplaced' }],
    ['an MP3 whose tag claims 5 MB', joined(id3(noise(3_000), 5e6), mp3), { damage: 'frame_misplaced' }],
    [
      'an MP3 whose tag ends in its text',
      joined(id3(text(3_000), 1_000), mp3),
      { damage: 'frame_misplaced' },
    ],
    ['an MP3 of variable rate without its notes', withoutFirstFrame(fixture('tone-stereo-vbr.mp3'))],
    ['an MP3 behind erased storage', joined(new Uint8Array(2_000), mp3), { damage: 'frame_misplaced' }],
    // It said that 625 ms are missing.
    ['an MP3 in front of empty storage', joined(mp3, new Uint8Array(5_000))],
    ['a FLAC behind a tag', joined(id3(cover(3_000)), fixture('tone.flac'))],
    ['a FLAC of unknown length', claimingFlac(0)],
    ['Ogg FLAC one behind the other', chained('tone-flac.ogg'), { edges: twice(3_000) }],
    ['Ogg Vorbis one behind the other', chained('tone-vorbis.ogg'), { edges: twice(3_000) }],
    [
      'Ogg Vorbis with FLAC behind it',
      joined(fixture('tone-vorbis.ogg'), renumbered(fixture('tone-flac.ogg'), 99)),
      { damage: 'stream_unsupported' },
    ],
    ['WebM as a browser records it, without lengths', withoutLengths(fixture('tone-opus.webm'))],
  ];
  test.each(rows)('%s', async (_name, bytes, { edges: places = TONE, damage = null, lostMs = 0 } = {}) => {
    const { samples: sound, report } = await decoded(bytes, null);
    expectEdges(sound, places);
    expect(report.damage).toBe(damage);
    if (damage === null || lostMs > 0) expect(report.lostMs).toBe(lostMs);
  });

  test('an MP3 that begins within a frame is heard from the next one on', async () => {
    const { samples: sound, report } = await decoded(mp3.subarray(1_001), null);
    const found = edges(sound);
    expect(found.length).toBeGreaterThanOrEqual(3);
    // What is between the ends of the two tones stays as it was.
    expect(Math.abs((found.at(-1) ?? 0) - (found.at(-3) ?? 0) - 1_000)).toBeLessThanOrEqual(NEVER_MS);
    expect(report.format).toBe('mp3');
  });
});

describe('it is refused in words that say what it is', () => {
  const rows: [string, Uint8Array | string, code: string, words: string][] = [
    ['nothing', '', 'empty_file', 'empty'],
    ['the head of a WAV', wav.subarray(0, 44), 'no_frames', 'not a single sample'],
    ['the head of an MP3', mp3.subarray(0, 30), 'no_frames', 'MPEG'],
    ['the head of a FLAC', fixture('tone.flac').subarray(0, 42), 'no_frames', 'not a single sample'],
    ['the head of an Ogg', fixture('tone-vorbis.ogg').subarray(0, 44), 'no_frames', 'ends before its sound'],
    ['the head of a WebM', fixture('tone-opus.webm').subarray(0, 60), 'no_frames', 'ends before its sound'],
    ['text', text(6_000), 'not_audio', 'is text'],
    [
      'text of a Windows editor',
      Buffer.from('\ufeffDear diary, today I went home.', 'utf16le'),
      'not_audio',
      'is text',
    ],
    ['text in two bytes a letter', Buffer.from(DIARY, 'utf16le'), 'not_audio', 'is text'],
    ['the same, large byte first', Buffer.from(DIARY, 'utf16le').swap16(), 'not_audio', 'is text'],
    ['text behind a tag', joined(id3(cover(3_000)), text(6_000)), 'not_audio', 'is text'],
    ['the page of an error', '<!DOCTYPE html><html><body>404</body></html>', 'not_audio', 'web page'],
    ['a picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'not_audio', 'PNG picture'],
    ['a photo of a phone', '\xff\xd8\xff\xe0\0\x10JFIF\0', 'not_audio', 'JPEG picture'],
    ['a photo of another phone', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'not_audio', 'HEIC'],
    ['a document', '%PDF-1.7\n%\xe2\xe3\xcf\xd3', 'not_audio', 'PDF document'],
    ['an empty archive', 'PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 'not_audio', 'ZIP archive'],
    ['a RAR archive', 'Rar!\x1a\x07\x01\0aaaaaaa', 'not_audio', 'RAR archive'],
    ['a 7-Zip archive', '7z\xbc\xaf\x27\x1c\0\x04aaaa', 'not_audio', '7-Zip archive'],
    ['a tar archive', `memo.wav${'\0'.repeat(249)}ustar\x0000`, 'not_audio', 'tar archive'],
    ['what macOS writes beside a file', '\0\x05\x16\x07\0\x02\0\0Mac OS X', 'not_audio', 'macOS'],
    ['a program', '\x7fELF\x02\x01\x01\0\0\0\0\0', 'not_audio', 'a program'],
    ['an archive', 'PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaa', 'not_audio', 'ZIP archive'],
  ];
  test.each(rows)('%s', async (_name, content, code, words) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    const refusal = decoded(new Uint8Array(bytes), null);
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.toThrow(words);
  });
});

describe('without ffmpeg it is refused by its name', () => {
  const rows: [string, Uint8Array, words: string][] = [
    ['AMR', Buffer.from('#!AMR\n\x04aaaaaaaaaaaa'), 'AMR'],
    ['AMR of wide band', Buffer.from('#!AMR-WB\n\x04aaaaaaaaaaaaa'), 'AMR'],
    ['AVI', Buffer.from('RIFF\x10\x10\0\0AVI LIST', 'latin1'), 'AVI'],
    ['Flash video', Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'), 'Flash'],
    ['MPEG', Buffer.from('\0\0\x01\xba\x44\0\x04\0\x04\x01\0\0\x03', 'latin1'), 'program stream'],
    ['a camcorder', packets(188, 0), 'transport stream'],
    ['a camcorder with times', packets(192, 4), 'transport stream'],
    ['WavPack', Buffer.from('wvpk\x10\0\0\0\x10\x04\0\0'), 'WavPack'],
    ['True Audio', Buffer.from('TTA1\x01\0\x01\0\x10\0aaaa'), 'True Audio'],
    ['a big-endian WAV', Buffer.from('RIFX\0\0\0\x10WAVEfmt '), 'big-endian'],
    ['Ogg Opus of six channels', surround(), 'more than two channels'],
    ['Wave64', Buffer.from('riff.\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0', 'latin1'), 'Wave64'],
  ];
  test.each(rows)('%s', async (_name, bytes, words) => {
    const refusal = decoded(new Uint8Array(bytes), null);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported_format' });
    await expect(refusal).rejects.toThrow(words);
  });
});

describe.skipIf(FFMPEG === null)('ffmpeg hears it', () => {
  test.each([
    ['a video of a phone', 'mp4', ['-c:a', 'copy'], 'mp4'],
    ['an AVI of a camera', 'avi', ['-c:a', 'pcm_s16le'], 'avi'],
    ['a transport stream', 'mpegts', ['-c:a', 'copy'], 'mpeg-ts'],
    ['a program stream', 'mpeg', ['-c:v', 'mpeg1video', '-r', '25', '-c:a', 'mp2'], 'mpeg-ps'],
    ['Flash video', 'flv', ['-c:v', 'flv', '-c:a', 'copy'], 'flv'],
  ])('%s', async (_name, kind, options, format) => {
    const { samples: sound, report } = await decoded(withPictures(kind, options));
    // Where an encoder does not say how it began, a frame comes first.
    expectEdges(sound, TONE, 70);
    expect(report).toMatchObject({ format, damage: null });
  });

  test.each([
    ['Wave64', 'w64', []],
    ['WavPack', 'wv', []],
    ['True Audio', 'tta', []],
    ['Ogg Opus of six channels', 'ogg', ['-c:a', 'libopus', '-ac', '6']],
    ['WebM of six channels', 'webm', ['-c:a', 'libopus', '-ac', '6']],
  ])('%s', async (_name, kind, options) => {
    expectEdges((await decoded(converted(kind, options))).samples, TONE);
  });

  test('a big-endian WAV', async () => {
    const bytes = Buffer.from(wav);
    bytes.write('RIFX');
    for (const at of [4, 16, 24, 28, 40]) bytes.subarray(at, at + 4).swap32();
    for (const at of [20, 22, 32, 34]) bytes.subarray(at, at + 2).swap16();
    bytes.subarray(44, bytes.length - (bytes.length % 2)).swap16();
    expectEdges((await decoded(new Uint8Array(bytes))).samples, TONE);
  });

  const m4a = fixture('tone.m4a');
  // A skipped block is still collected, so a file that ffmpeg makes is made within its test.
  const twoInFront = () => {
    const inFront = converted('mp4', ['-c:a', 'copy', '-movflags', '+faststart']);
    return joined(inFront, inFront);
  };
  test.each([
    ['M4As one behind the other', () => joined(m4a, m4a, m4a), 3, null],
    ['M4As with their indexes in front', twoInFront, 2, null],
    ['fragments with an M4A behind them', () => joined(fixture('tone-fragmented.mp4'), m4a), 2, null],
    ['an M4A behind one without an index', () => joined(m4a.subarray(0, 6_815), m4a), 1, null],
    ['an M4A in front of half a one', () => joined(m4a, m4a.subarray(0, 3_000)), 1, 'stream_unsupported'],
  ])('%s', async (_name, made, times, damage) => {
    const { samples: sound, report } = await decoded(made());
    expect(edges(sound)).toHaveLength(4 * times);
    if (damage !== null) expect(report.damage).not.toBeNull();
  });

  test.each([0, 0x7fff_ffff])(
    'an M4A whose sound claims %i bytes, with its index behind it',
    async (size) => {
      const bytes = Buffer.from(fixture('tone.m4a'));
      bytes.writeUInt32BE(size, bytes.indexOf('mdat') - 4);
      expectEdges((await decoded(new Uint8Array(bytes))).samples, TONE);
    },
  );

  test.each([FFMPEG, null])('a video without sound is no audio, and says so, with %s', async (ffmpeg) => {
    const refusal = decoded(withPictures('mp4', ['-an']), ffmpeg);
    await expect(refusal).rejects.toMatchObject({ code: 'not_audio' });
    await expect(refusal).rejects.toThrow('no sound track');
  });

  test('what ffmpeg says is told without places in its memory', async () => {
    await expect(decoded(fixture('tone.aac').subarray(0, 12))).rejects.toThrow(/^(?!.*0x[0-9a-f]{6}).*$/);
  });
});

function expectEdges(sound: Float32Array, places: readonly number[], neverMs = NEVER_MS): void {
  const found = edges(sound);
  expect(found).toHaveLength(places.length);
  for (const [index, ms] of places.entries())
    expect(Math.abs((found[index] ?? 0) - ms)).toBeLessThanOrEqual(neverMs);
}

async function tonePcm(): Promise<Buffer> {
  const { samples: sound } = await decoded(fixture('tone.flac'), null);
  const bytes = Buffer.alloc(sound.length * 2);
  sound.forEach((sample, at) => {
    bytes.writeInt16LE(Math.round(sample * 32_767), at * 2);
  });
  return bytes;
}

function twice(afterMs: number): number[] {
  return [...TONE, ...TONE.map((ms) => ms + afterMs)];
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The first page of an Ogg Opus stream of six channels. */
function surround(): Uint8Array {
  const head = Buffer.from(
    'OpusHead\x01\x06\0\0\x80\xbb\0\0\0\0\x01\x04\x02\0\x04\x01\x02\x03\x05',
    'latin1',
  );
  const page = Buffer.concat([
    Buffer.from('OggS\0\x02'),
    Buffer.alloc(20),
    Buffer.from([1, head.length]),
    head,
  ]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return new Uint8Array(page);
}

function text(count: number): Uint8Array {
  return Buffer.from('Dear diary, today I went to the market and bought some äpples.\n'.repeat(count / 60));
}

function notes(count: number): Uint8Array {
  return chunk('LIST', Buffer.alloc(count, 'A'));
}

function channelsOf(count: number): Uint8Array {
  const all = Buffer.alloc(samples.length * count);
  for (let at = 0; at < samples.length; at += 2)
    for (let channel = 0; channel < count; channel += 1)
      all.set(samples.subarray(at, at + 2), at * count + channel * 2);
  return all;
}

function rf64(id: string, bytes: number): Uint8Array {
  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(BigInt(bytes === 0 ? 0 : bytes + 72), 0);
  ds64.writeBigUInt64LE(BigInt(bytes), 8);
  const before = [chunk('ds64', ds64)];
  const whole = wavFile(samples, { ...plain, before, dataSize: large, riffSize: large });
  whole.set(Buffer.from(id));
  return whole;
}

/** With the number of samples that it claims: the most that fits, if nothing is said. */
function claimingFlac(total = 0xf_ffff_ffff): Uint8Array {
  const bytes = Buffer.from(fixture('tone.flac'));
  bytes[21] = ((bytes[21] ?? 0) & 0xf0) | (total > large ? 0x0f : 0);
  bytes.writeUInt32BE(Math.min(total, large), 22);
  return new Uint8Array(bytes);
}

function id3(body: Uint8Array, size = body.length): Uint8Array {
  const sizes = [21, 14, 7, 0].map((by) => (size >> by) & 127);
  return joined(Buffer.from('ID3\x03\0\0'), Buffer.from(sizes), body);
}

/** A cover in which MP3 frames seem to follow each other. */
function cover(count: number, holds = ''): Uint8Array {
  const bytes = Buffer.from(noise(count));
  for (let at = 100; at + 4 < count; at += 417) bytes.set([0xff, 0xfb, 0x90, 0xc0], at);
  bytes.write(holds, 200, 'latin1');
  return bytes;
}

function noise(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => (at * 7_919 + (at >> 8) * 31) & 0x7f);
}

/** The first frame holds notes on the others, and begins as each of them does. */
function withoutFirstFrame(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const first = bytes.indexOf(0xff);
  return file.subarray(bytes.indexOf(bytes.subarray(first, first + 2), first + 2));
}

function chained(name: string): Uint8Array {
  return joined(fixture(name), renumbered(fixture(name), 99));
}

/** The same stream with another serial number. */
function renumbered(file: Uint8Array, serial: number): Uint8Array {
  const bytes = Buffer.from(file);
  for (let at = bytes.indexOf('OggS'); at !== -1; ) {
    const segments = bytes[at + 26] ?? 0;
    const body = bytes.subarray(at + 27, at + 27 + segments).reduce((sum, size) => sum + size, 0);
    const page = bytes.subarray(at, at + 27 + segments + body);
    page.writeUInt32LE(serial, 14);
    page.writeUInt32LE(0, 22);
    page.writeUInt32LE(oggChecksum(page), 22);
    at = at + page.length < bytes.length ? at + page.length : -1;
  }
  return new Uint8Array(bytes);
}

/** A recorder that cannot go back leaves the lengths of the whole and of each cluster open. */
function withoutLengths(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  for (const id of ['18538067', '1f43b675']) {
    for (let at = bytes.indexOf(id, 0, 'hex'); at !== -1; at = bytes.indexOf(id, at + 4, 'hex')) {
      const length = Math.clz32((bytes[at + 4] ?? 0) << 24) + 1;
      bytes.fill(0xff, at + 4, at + 4 + length);
      bytes[at + 4] = 0xff >> (length - 1);
    }
  }
  return new Uint8Array(bytes);
}

function packets(step: number, first: number): Uint8Array {
  return Uint8Array.from({ length: step * 9 }, (_, at) => (at % step === first ? 0x47 : 0));
}

function withPictures(kind: string, options: readonly string[]): Uint8Array {
  const pictures = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:duration=3:rate=5', '-c:v', 'mpeg4'];
  return converted(kind, [...pictures, ...options]);
}

function converted(kind: string, options: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-odd-'));
  try {
    const sound = fileURLToPath(new URL('../fixtures/formats/tone.m4a', import.meta.url));
    const made = join(folder, 'made');
    execFileSync(FFMPEG ?? '', ['-loglevel', 'error', '-i', sound, ...options, '-f', kind, made]);
    return new Uint8Array(readFileSync(made));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
