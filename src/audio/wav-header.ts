import type { ByteReader } from './byte-reader.ts';
import { BYTES_PER_SAMPLE, type PcmEncoding } from './pcm.ts';
import { AudioError } from './report.ts';
import { isSupportedRate } from './resample.ts';

export interface WavHeader {
  encoding: PcmEncoding;
  channels: number;
  rate: number;
  /** Infinity when the writer did not know: then the data goes on to the end of the file. */
  dataBytes: number;
}

type WavFormat = Omit<WavHeader, 'dataBytes'>;

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** WAVE_FORMAT_EXTENSIBLE is 40 bytes; the rest of a longer fmt chunk is skipped. */
const FORMAT_BYTES = 40;
const MAX_CHANNELS = 8;
const UNKNOWN_SIZE = 0xffff_ffff;
const EXTENSIBLE = 0xfffe;
/** The tail that makes a sub-format GUID mean the 16-bit format tag in front of it. */
const GUID_TAIL = '000000001000800000aa00389b71';

const ENCODINGS: Readonly<Record<string, PcmEncoding>> = {
  '1/8': 'u8',
  '1/16': 's16',
  '1/24': 's24',
  '1/32': 's32',
  '3/32': 'f32',
  '6/8': 'alaw',
  '7/8': 'mulaw',
};

/** Reads up to the first byte of the data chunk. */
export async function readWavHeader(reader: ByteReader): Promise<WavHeader> {
  const riffBytes = viewOf(reader.take(RIFF_HEADER_BYTES)).getUint32(4, true);
  let format: WavFormat | null = null;
  let position = RIFF_HEADER_BYTES;
  while (await reader.fill(CHUNK_HEADER_BYTES)) {
    const header = viewOf(reader.take(CHUNK_HEADER_BYTES));
    const id = header.getUint32(0);
    const size = header.getUint32(4, true);
    position += CHUNK_HEADER_BYTES;
    if (id === fourCc('data')) {
      if (format === null)
        throw new AudioError('unsupported_format', 'The WAV file has no format before its data.');
      // A recorder that streams cannot go back to write the size: it leaves 0 or all ones. An honest 0 is told from
      // it by the outer size, which then counts further chunks behind this one.
      const isHonestlyEmpty = size === 0 && riffBytes !== UNKNOWN_SIZE && riffBytes + 8 > position;
      if (!isHonestlyEmpty) {
        return {
          ...format,
          dataBytes: size === 0 || size === UNKNOWN_SIZE ? Number.POSITIVE_INFINITY : size,
        };
      }
    }
    let consumed = 0;
    if (id === fourCc('fmt ')) {
      consumed = Math.min(size, FORMAT_BYTES);
      if (!(await reader.fill(consumed))) break;
      format = parseFormat(viewOf(reader.take(consumed)));
    }
    // Chunks are padded to even lengths, and the pad byte is not in their size.
    const rest = size - consumed + (size % 2);
    if ((await reader.skip(rest)) < rest) break;
    position += size + (size % 2);
  }
  throw new AudioError('no_frames', 'The WAV file ends before its audio data starts.');
}

function parseFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16) throw new AudioError('unsupported_format', 'The WAV format chunk is cut short.');
  const tag = formatTag(chunk);
  const channels = chunk.getUint16(2, true);
  const rate = chunk.getUint32(4, true);
  const blockBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);
  const encoding = ENCODINGS[`${tag}/${bits}`];
  if (encoding === undefined) {
    throw new AudioError('unsupported_format', `WAV format ${tag} with ${bits} bits per sample is not read.`);
  }
  if (channels < 1 || channels > MAX_CHANNELS || blockBytes !== channels * BYTES_PER_SAMPLE[encoding]) {
    throw new AudioError(
      'unsupported_format',
      `WAV with ${channels} channels in blocks of ${blockBytes} bytes.`,
    );
  }
  if (!isSupportedRate(rate)) {
    throw new AudioError('unsupported_format', `WAV at ${rate} Hz: only 8,000 to 48,000 Hz is read.`);
  }
  return { encoding, channels, rate };
}

function formatTag(chunk: DataView): number {
  const tag = chunk.getUint16(0, true);
  if (tag !== EXTENSIBLE) return tag;
  if (chunk.byteLength < FORMAT_BYTES)
    throw new AudioError('unsupported_format', 'The WAV extension is cut short.');
  const tail = Buffer.from(chunk.buffer, chunk.byteOffset + 26, 14).toString('hex');
  if (tail !== GUID_TAIL)
    throw new AudioError('unsupported_format', 'The WAV sub-format is not one of the known.');
  return chunk.getUint16(24, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fourCc(id: string): number {
  return Buffer.from(id, 'latin1').readUInt32BE();
}
