/** A layout as WAV: 16 kHz, one channel, 16 bits. A byte is a sample, so any part is found by arithmetic. */
import { type Body, headed } from './body.ts';
import type { Player } from './player.ts';

const HEADER_BYTES = 44;
const RATE = 16_000;
const SAMPLE_BYTES = 2;
/**
 * Sound is made in parts of this length, which begin at the same places for every listener: the first of them sounds after one
 * read and a few milliseconds of decoding, and any two answers agree in every byte.
 */
const PART_SAMPLES = RATE;
/** The largest size that the header can tell; beyond it players read to the end. */
const MOST_BYTES = 0xffff_ffff;

export function wavOf(samples: number, player: Player): Body {
  const size = HEADER_BYTES + samples * SAMPLE_BYTES;
  return {
    size,
    type: 'audio/wav',
    extension: 'wav',
    read(from, to) {
      const head = headerOf(samples).subarray(from, Math.min(to, HEADER_BYTES));
      return headed(head, soundOf(player, size, Math.max(from, HEADER_BYTES), to));
    },
  };
}

async function* soundOf(player: Player, size: number, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const start = HEADER_BYTES + Math.floor((at - HEADER_BYTES) / partBytes) * partBytes;
    const end = Math.min(start + partBytes, size);
    const first = (start - HEADER_BYTES) / SAMPLE_BYTES;
    const bytes = await player.pcm(first, first + (end - start) / SAMPLE_BYTES);
    yield bytes.subarray(at - start, Math.min(to, end) - start);
    at = end;
  }
}

/** The same samples without a header. */
export function rawOf(wav: Body): Body {
  return {
    size: wav.size - HEADER_BYTES,
    type: 'application/octet-stream',
    extension: 'pcm',
    read: (from, to) => wav.read(from + HEADER_BYTES, to + HEADER_BYTES),
  };
}

const partBytes = PART_SAMPLES * SAMPLE_BYTES;

function headerOf(samples: number): Buffer {
  const bytes = samples * SAMPLE_BYTES;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(Math.min(MOST_BYTES, bytes + HEADER_BYTES - 8), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * SAMPLE_BYTES, 28);
  header.writeUInt16LE(SAMPLE_BYTES, 32);
  header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(Math.min(MOST_BYTES, bytes), 40);
  return header;
}
