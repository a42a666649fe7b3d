/** Any segment of a copy that is made by itself has the bytes that it has in the whole copy. */
import { expect, test } from 'vitest';
import { seekFromBytes, seekToBytes } from '../../src/audio/seek-index.ts';
import { FFMPEG, fixture } from '../decoders/tone.ts';
import { heard, madeBy, noteSound, partAhead, segmentsOf, wholeSegment } from './parts-ahead.ts';

/** @returns for each segment whether it is the same (=), was not made (-) or is another one (x) */
async function compared(bytes: Uint8Array): Promise<string> {
  const file = await heard(bytes);
  const seek = file.seek && seekFromBytes(seekToBytes(file.seek));
  if (!seek) throw new Error('no index was noted');
  let all = '';
  for (let number = 0; number < segmentsOf(file); number += 1) {
    const made = await partAhead(file, number, seek, bytes);
    all += made.length === 0 ? '-' : wholeSegment(file, number).equals(made) ? '=' : 'x';
  }
  return all;
}

test.each(['tone.mp3', 'tone-stereo-vbr.mp3'])('of %s, eight of them joined', async (name) => {
  const one = fixture(name);
  expect(await compared(Buffer.concat(Array.from({ length: 8 }, () => one)))).toMatch(/^={6,7}$/);
});

test.each(['steps-vorbis.ogg', 'steps-flac.ogg'])('of %s', async (name) => {
  expect(await compared(fixture(name))).toMatch(/^={4}$/);
});

const AAC = ['-c:a', 'aac', '-aac_pns', '0', '-f', 'ipod'];
const FRAGMENTS = '+frag_keyframe+empty_moov+default_base_moof';

test.skipIf(FFMPEG === null).each([
  ['MPEG-1, constant', ['-c:a', 'libmp3lame', '-ar', '44100', '-ac', '2', '-b:a', '48k', '-f', 'mp3']],
  ['MPEG-1, variable', ['-c:a', 'libmp3lame', '-ar', '48000', '-q:a', '4', '-f', 'mp3']],
  ['without notes', ['-c:a', 'libmp3lame', '-ar', '44100', '-write_xing', '0', '-f', 'mp3']],
  ['MPEG-2', ['-c:a', 'libmp3lame', '-ar', '16000', '-b:a', '32k', '-f', 'mp3']],
  ['MPEG-2, variable', ['-c:a', 'libmp3lame', '-ar', '16000', '-q:a', '6', '-f', 'mp3']],
  ['MPEG-2.5', ['-c:a', 'libmp3lame', '-ar', '8000', '-b:a', '8k', '-f', 'mp3']],
  ['layer 2', ['-c:a', 'mp2', '-ar', '44100', '-b:a', '128k', '-f', 'mp2']],
  ['FLAC', ['-c:a', 'flac', '-f', 'flac']],
  ['FLAC, stereo at 44.1 kHz', ['-c:a', 'flac', '-ar', '44100', '-ac', '2', '-f', 'flac']],
  ['FLAC in Ogg, stereo at 44.1 kHz', ['-c:a', 'flac', '-ar', '44100', '-ac', '2', '-f', 'ogg']],
  ['Vorbis, stereo at 44.1 kHz', ['-c:a', 'libvorbis', '-ar', '44100', '-ac', '2', '-q:a', '5', '-f', 'ogg']],
  ['Vorbis in short pages', ['-c:a', 'libvorbis', '-ar', '48000', '-page_duration', '200000', '-f', 'ogg']],
  ['M4A, its index at the end', [...AAC, '-ar', '44100', '-b:a', '64k']],
  ['M4A, its index in front', [...AAC, '-ar', '48000', '-movflags', '+faststart']],
  ['M4A, stereo', [...AAC, '-ar', '44100', '-ac', '2', '-b:a', '128k']],
  ['M4A of QuickTime', ['-c:a', 'aac', '-aac_pns', '0', '-ar', '44100', '-f', 'mov']],
  ['M4A, lossless', ['-c:a', 'alac', '-ar', '44100', '-f', 'ipod']],
  ['M4A in fragments', [...AAC, '-ar', '48000', '-movflags', FRAGMENTS, '-frag_duration', '2000000']],
  ['M4A in one fragment', [...AAC, '-ar', '48000', '-movflags', FRAGMENTS, '-frag_duration', '60000000']],
  ['plain AAC', ['-c:a', 'aac', '-aac_pns', '0', '-ar', '44100', '-f', 'adts']],
])(
  'of speech: %s',
  async (_name, args) => {
    expect(await compared(await madeBy(args))).toMatch(/^=+$/);
  },
  120_000,
);

test.skipIf(FFMPEG === null)(
  'of M4A that says only as Apple does how long its encoder took to begin',
  async () => {
    const made = Buffer.from(await madeBy([...AAC, '-ar', '44100']));
    const box = (type: string, ...parts: (string | Buffer)[]) => {
      const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
      const size = Buffer.alloc(4);
      size.writeUInt32BE(8 + body.length);
      return Buffer.concat([size, Buffer.from(type), body]);
    };
    const about = ' 00000000 00000400 00000000 0000000000000000';
    const names = [box('mean', '\0\0\0\0com.apple.iTunes'), box('name', '\0\0\0\0iTunSMPB')];
    const item = box('----', ...names, box('data', `\0\0\0\x01\0\0\0\0${about}`));
    const index = made.indexOf('moov');
    // The notes are its last part.
    for (const type of ['moov', 'udta', 'meta', 'ilst']) {
      const at = made.indexOf(type, index) - 4;
      made.writeUInt32BE(made.readUInt32BE(at) + item.length, at);
    }
    const bytes = Buffer.concat([made, item]);
    expect(await compared(new Uint8Array(bytes))).toMatch(/^=+$/);
    bytes.write('free', bytes.indexOf('edts', index), 'latin1');
    expect(await compared(new Uint8Array(bytes))).toMatch(/^=+$/);
  },
);

test.skipIf(FFMPEG === null)(
  'of M4A whose encoder leaves noise to the decoder, which goes on from all noise before: it waits, and is never another',
  async () => {
    const all = await compared(await madeBy(['-c:a', 'aac', '-ar', '44100', '-b:a', '64k', '-f', 'ipod']));
    expect(all).toMatch(/^=[=-]+$/);
    expect(all).toContain('-');
  },
  120_000,
);

test.skipIf(FFMPEG === null)(
  'an MP4 of two tracks and one of fragments that name places have no index',
  async () => {
    const video = [
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=64x64:r=5:d=44',
      '-map',
      '0:a',
      '-map',
      '1:v',
      '-c:v',
      'mpeg4',
    ];
    for (const args of [
      [...video, '-c:a', 'aac', '-f', 'mp4'],
      ['-c:a', 'aac', '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov'],
    ])
      expect((await noteSound(await madeBy(args))).seek).toBeNull();
  },
);

test('a file with damage has no index', async () => {
  const one = fixture('tone.mp3');
  const joined = Buffer.concat(Array.from({ length: 4 }, () => one));
  joined.fill(0, joined.length / 2, joined.length / 2 + 2_000);
  expect((await noteSound(joined)).seek).toBeNull();
});
