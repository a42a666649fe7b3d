/** Cuts FLAC (RFC 9639) into frames by their checksums, so that a damaged one costs its own time and no more. */
import type { ByteReader } from './byte-reader.ts';
import { type DecodeReport, noteDamage } from './report.ts';

export interface FlacStream {
  /** `fLaC` and STREAMINFO as the only block of metadata: what a decoder has to be given first. */
  head: Uint8Array;
  /** The same as the file has it. */
  ownHead: Uint8Array;
  rate: number;
  channels: number;
  bits: number;
  blockSamples: number;
  /** 0 if it is unknown. */
  totalSamples: number;
}

export interface FlacHeader {
  /** Of the header. */
  bytes: number;
  samples: number;
  /** Where the frame begins. */
  firstSample: number;
}

export interface FlacFrame extends FlacHeader {
  /** The offset where a decoder can begin with it; null where it shares that with others. */
  at: number | null;
  /** A copy. */
  payload: Uint8Array;
  /** Bytes in front of it that are no frame. */
  lostBytes: number;
}

const INFO_BYTES = 34;
const LONGEST_HEADER = 16;
const LEAST_FRAME_BYTES = 10;
const BLOCKS: readonly number[] = [0, 192, 576, 1152, 2304, 4608, 0, 0].concat([
  256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768,
]);
const FRAME_RATES = [
  0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const FRAME_BITS = [0, 8, 12, 0, 16, 20, 24, 32];

/** @param info the 34 bytes of STREAMINFO */
export function flacStream(info: Uint8Array): FlacStream | null {
  if (info.length < INFO_BYTES) return null;
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const packed = view.getUint32(10);
  const rate = packed >>> 12;
  if (rate === 0) return null;
  const head = new Uint8Array(8 + INFO_BYTES);
  head.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, INFO_BYTES]);
  const ownHead = head.slice();
  ownHead.set(info.subarray(0, INFO_BYTES), 8);
  // Any block may be as long as the format allows, whatever the file says: a decoder takes room by this.
  head.set([0, 16, 0xff, 0xff], 8);
  head.set(info.subarray(10, 14), 18);
  head[21] = (head[21] ?? 0) & 0xf0;
  return {
    head,
    ownHead,
    rate,
    channels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    blockSamples: view.getUint16(0),
    totalSamples: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

/** Reads the metadata up to the first frame. @returns null if there is no STREAMINFO */
export async function flacMetadata(reader: ByteReader): Promise<FlacStream | null> {
  await reader.skip(4);
  let stream: FlacStream | null = null;
  while (await reader.fill(4)) {
    const [type = 0, a = 0, b = 0, c = 0] = reader.peek(4);
    // A frame, where damage took the end of the metadata away.
    if (type === 0xff && (a & 0xfc) === 0xf8) break;
    reader.take(4);
    const length = (a << 16) | (b << 8) | c;
    if ((type & 0x7f) === 0 && length >= INFO_BYTES && (await reader.fill(INFO_BYTES))) {
      stream = flacStream(reader.peek(INFO_BYTES));
    }
    await reader.skip(length);
    if (type >= 0x80) break;
  }
  return stream;
}

/** Reads a frame's header. @returns null if it is none of this stream, or its checksum is wrong */
export function parseFlacHeader(bytes: Uint8Array, at: number, stream: FlacStream): FlacHeader | null {
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xfe) !== 0xf8) return null;
  const variable = ((bytes[at + 1] ?? 0) & 1) === 1;
  const [sizes = 0, layout = 0] = [bytes[at + 2], bytes[at + 3]];
  const [block, rate, channels, bits] = [sizes >> 4, sizes & 15, layout >> 4, (layout >> 1) & 7];
  if (block === 0 || rate === 15 || channels > 10 || (layout & 1) === 1 || bits === 3) return null;
  if ((channels < 8 ? channels + 1 : 2) !== stream.channels) return null;
  if (bits !== 0 && FRAME_BITS[bits] !== stream.bits) return null;
  if (rate > 0 && rate < 12 && FRAME_RATES[rate] !== stream.rate) return null;
  const number = codedNumber(bytes, at + 4);
  if (number === null) return null;
  let end = at + 4 + number.bytes;
  let samples = BLOCKS[block] ?? 0;
  if (block === 6) samples = (bytes[end++] ?? 0) + 1;
  else if (block === 7) samples = (((bytes[end++] ?? 0) << 8) | (bytes[end++] ?? 0)) + 1;
  if (rate === 12) end += 1;
  else if (rate === 13 || rate === 14) end += 2;
  if (end >= bytes.length || crc8(bytes, at, end) !== bytes[end]) return null;
  const firstSample = variable ? number.value : number.value * stream.blockSamples;
  return { bytes: end + 1 - at, samples, firstSample };
}

/** Yields the frames whose checksum is right. The others show as a jump of `firstSample`, and as `lostBytes`. */
export async function* flacFrames(
  reader: ByteReader,
  stream: FlacStream,
  report: DecodeReport,
): AsyncGenerator<FlacFrame> {
  const longest = LONGEST_HEADER + 65_536 * stream.channels * 4 + 1_024;
  let lostBytes = 0;
  while (await reader.fill(LEAST_FRAME_BYTES)) {
    await reader.fill(LONGEST_HEADER);
    const header = parseFlacHeader(reader.peek(LONGEST_HEADER), 0, stream);
    const end = header === null ? null : await frameEnd(reader, header, stream, longest);
    if (header === null || end === null) {
      noteDamage(report, 'frame_misplaced');
      const skipped = reader.take(await distanceToSync(reader)).length;
      lostBytes += skipped;
      report.bytesLost += skipped;
      continue;
    }
    const at = reader.position;
    yield { ...header, at, payload: new Uint8Array(reader.take(end)), lostBytes };
    lostBytes = 0;
  }
  const rest = await reader.drain();
  if (rest.bytes > 0 && rest.fillByte !== 0) noteDamage(report, 'last_frame_cut_short');
  report.bytesLost += rest.bytes;
}

/**
 * Finds where this frame ends: the checksum over it is right there, and another frame follows or the file ends.
 * @returns null if the frame is damaged
 */
async function frameEnd(
  reader: ByteReader,
  header: FlacHeader,
  stream: FlacStream,
  longest: number,
): Promise<number | null> {
  let crc = 0;
  let at = 0;
  let wanted = 16_384;
  while (true) {
    await reader.fill(wanted + LONGEST_HEADER);
    const ahead = reader.peek(wanted + LONGEST_HEADER);
    const isAll = ahead.length < wanted + LONGEST_HEADER;
    const until = isAll ? ahead.length : wanted;
    for (; at < until; at += 1) {
      if (at >= header.bytes + 3 && ahead[at] === 0xff && ((ahead[at + 1] ?? 0) & 0xfe) === 0xf8) {
        if (crc === 0 && parseFlacHeader(ahead, at, stream) !== null) return at;
        // The next frame begins here, so this one is damaged.
        const next = crc === 0 ? null : parseFlacHeader(ahead, at, stream);
        if (next?.firstSample === header.firstSample + header.samples) return null;
      }
      crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ (ahead[at] ?? 0)] ?? 0);
    }
    if (isAll) return crc === 0 ? at : null;
    if (wanted >= longest) return null;
    wanted = Math.min(2 * wanted, longest);
  }
}

/** Measures how far the next possible header is; the search never stays where it is. */
async function distanceToSync(reader: ByteReader): Promise<number> {
  await reader.fill(65_536);
  const ahead = reader.peek(65_536);
  for (let at = ahead.indexOf(0xff, 1); at !== -1; at = ahead.indexOf(0xff, at + 1)) {
    if (at + 1 >= ahead.length || ((ahead[at + 1] ?? 0) & 0xfe) === 0xf8) return at;
  }
  return ahead.length;
}

/** The number of a frame or a sample, coded like UTF-8 with up to 36 bits. */
function codedNumber(bytes: Uint8Array, at: number): { value: number; bytes: number } | null {
  const first = bytes[at] ?? 0xff;
  const length = first < 0x80 ? 1 : Math.clz32(~(first << 24));
  if (first >= 0x80 && (length < 2 || length > 7)) return null;
  let value = first < 0x80 ? first : first & (0x7f >> length);
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return null;
    value = value * 64 + (next & 0x3f);
  }
  return { value, bytes: length };
}

const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = ((value << 1) ^ (value & 0x80 ? 0x07 : 0)) & 0xff;
  return value;
});
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) value = ((value << 1) ^ (value & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return value;
});

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at += 1) crc = CRC8[crc ^ (bytes[at] ?? 0)] ?? 0;
  return crc;
}

/** Says whether the last two bytes of a frame are the checksum of those before. */
export function isWholeFlacFrame(frame: Uint8Array): boolean {
  let crc = 0;
  for (const byte of frame) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ byte] ?? 0);
  return crc === 0;
}
