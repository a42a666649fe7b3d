/**
 * Reads the format chunk of a WAV. Its fields say the same thing more than once, and recorders get single ones wrong, so
 * each is believed where others agree with it.
 */
import type { PcmEncoding } from './pcm.ts';
import { AudioError } from './report.ts';
import { isSupportedRate } from './resample.ts';

export interface WavFormat {
  encoding: PcmEncoding;
  channels: number;
  rate: number;
}

/** WAVE_FORMAT_EXTENSIBLE is 40 bytes; a longer chunk holds nothing more that is needed. */
export const FORMAT_BYTES = 40;
export const LEAST_FORMAT_BYTES = 16;
/** Recorders of many microphones write up to so many; each block of one of these is 20 ms. */
const MAX_CHANNELS = 32;
const EXTENSIBLE = 0xfffe;

const PCM = 1;
const FLOAT = 3;
/** Format tag and bytes per sample. Samples of fewer bits are stored in the upper bits of whole bytes. */
const ENCODINGS: Readonly<Record<string, PcmEncoding>> = {
  '1/1': 'u8',
  '1/2': 's16',
  '1/3': 's24',
  '1/4': 's32',
  '3/4': 'f32',
  '3/8': 'f64',
  '6/1': 'alaw',
  '7/1': 'mulaw',
};
const COMPRESSED: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  17: 'ADPCM',
  49: 'GSM',
  85: 'MP3',
  255: 'AAC',
};

/** @throws AudioError for a format that is not supported */
export function parseFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < LEAST_FORMAT_BYTES)
    throw new AudioError('unsupported_format', 'The WAV format chunk is cut short.');
  const tag = formatTag(chunk);
  const compressed = COMPRESSED[tag];
  if (compressed) throw new AudioError('unsupported_format', `The WAV file holds ${compressed}.`);
  const fields = {
    channels: chunk.getUint16(2, true),
    rate: chunk.getUint32(4, true),
    bytesPerSecond: chunk.getUint32(8, true),
    block: chunk.getUint16(12, true),
    bits: chunk.getUint16(14, true),
  };
  const { channels, bytes, rate } = agreed(fields);
  const encoding = ENCODINGS[`${tag}/${bytes}`];
  if (encoding === undefined) {
    throw new AudioError(
      'unsupported_format',
      `WAV format ${tag} with ${fields.bits} bits per sample is not read.`,
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw new AudioError(
      'unsupported_format',
      `WAV with ${channels} channels in blocks of ${fields.block} bytes.`,
    );
  }
  if (!isSupportedRate(rate)) {
    throw new AudioError('unsupported_format', `WAV at ${rate} Hz: only 8,000 to 192,000 Hz is read.`);
  }
  return { encoding, channels, rate };
}

interface Fields {
  channels: number;
  rate: number;
  bytesPerSecond: number;
  block: number;
  bits: number;
}

/**
 * block = channels * bytes, bytesPerSecond = rate * block. A field that is 0 follows from the others. Where they differ,
 * a block that the bytes per second confirm is two fields against one: then 24 bits are kept in words of 4 bytes, or the
 * samples have 16 bits, as most have, or in a smaller block there are as many channels as fit into it. Otherwise bits and
 * channels count, also where the block is larger: players look at these alone, so a recorder that gets the block wrong, and
 * with it the bytes per second, goes unnoticed, and one that gets the channels wrong does not.
 */
function agreed({ channels, rate, bytesPerSecond, block, bits }: Fields) {
  const blockBytes = block || (rate > 0 ? Math.round(bytesPerSecond / rate) : 0);
  let bytes = Math.ceil(bits / 8);
  let count = channels;
  if (count === 0 && bytes > 0) count = Math.floor(blockBytes / bytes);
  if (bytes === 0 && count > 0) bytes = Math.floor(blockBytes / count);
  const isConfirmed = blockBytes > 0 && bytesPerSecond === rate * blockBytes && blockBytes !== count * bytes;
  if (isConfirmed && bytes === 3 && blockBytes === 4 * count) bytes = 4;
  else if (isConfirmed && blockBytes === 2 * count) bytes = 2;
  else if (isConfirmed && blockBytes < count * bytes && blockBytes % bytes === 0) count = blockBytes / bytes;
  const perFrame = count * bytes;
  return {
    channels: count,
    bytes,
    rate: isSupportedRate(rate) || perFrame === 0 ? rate : Math.round(bytesPerSecond / perFrame),
  };
}

function formatTag(chunk: DataView): number {
  const tag = chunk.getUint16(0, true);
  const bits = chunk.getUint16(14, true);
  if (tag !== EXTENSIBLE) return tag === 0 ? PCM : tag;
  // The sub-format's first two bytes are a format tag. If the extension is missing or empty, the format is assumed that
  // nearly all such files have.
  const inside = chunk.byteLength >= FORMAT_BYTES ? chunk.getUint16(24, true) : 0;
  if (inside !== 0 && inside !== EXTENSIBLE) return inside;
  return bits === 64 ? FLOAT : PCM;
}
