/** Writes an MP4 of some frames of another one, so that four seconds of it are decoded without its index of hours. Pure. */
import type { Mp4Sound } from './mp4-sound.ts';

/** @param sizes their lengths, as they lie in the file @param frames one behind the other */
export function mp4Of(sound: Mp4Sound, sizes: Uint8Array, frames: Uint8Array): Uint8Array {
  const { isQuickTime, description, rate, frameSamples } = sound;
  const count = sizes.length / 4;
  const length = count * frameSamples;
  const front = box(
    'ftyp',
    text(isQuickTime ? 'qt  ' : 'M4A '),
    words(0),
    text(isQuickTime ? 'qt  ' : 'isom'),
  );
  const index = (soundAt: number) =>
    box(
      'moov',
      box(
        'mvhd',
        words(0, 0, 0, rate, length, 0x10000, 0x01000000, 0, 0),
        MATRIX,
        words(0, 0, 0, 0, 0, 0, 2),
      ),
      box(
        'trak',
        box('tkhd', words(7, 0, 0, 1, 0, length, 0, 0, 0, 0x01000000), MATRIX, words(0, 0)),
        box(
          'mdia',
          box('mdhd', words(0, 0, 0, rate, length, 0x55c40000)),
          box('hdlr', words(0, 0), text('soun'), words(0, 0, 0), text('\0')),
          box(
            'minf',
            box('smhd', words(0, 0)),
            box('dinf', box('dref', words(0, 1), box('url ', words(1)))),
            box(
              'stbl',
              description,
              box('stts', words(0, 1, count, frameSamples)),
              box('stsc', words(0, 1, 1, count, 1)),
              box('stsz', words(0, 0, count), sizes),
              box('stco', words(0, 1, soundAt)),
            ),
          ),
        ),
      ),
    );
  const soundAt = front.length + index(0).length + 8;
  return Buffer.concat([front, index(soundAt), box('mdat', frames)]);
}

const MATRIX = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([words(8 + body.length), text(type), body]);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * index);
  return bytes;
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'latin1');
}
