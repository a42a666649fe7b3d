/** Cuts an MPEG audio stream (layers 2 and 3) into frames, and finds the next ones where bytes are damaged or missing. */
import type { ByteReader } from './byte-reader.ts';
import { id3Bytes } from './formats.ts';
import { skipId3 } from './id3.ts';
import { type DecodeReport, noteDamage } from './report.ts';

interface MpegHeader {
  /** Of the whole frame. */
  bytes: number;
  samples: number;
  rate: number;
  /** Version, layer and rate: all frames of a stream share them. */
  kind: number;
  layer: 2 | 3;
  channels: 1 | 2;
}

/** A frame, or the time that is missing in front of the next one. `at` is its offset. A payload is a view, valid until the next is asked for. */
export type MpegFrame = MpegHeader & { payload: Uint8Array | null; at: number };

const HEADER_BYTES = 4;
const BITRATES_V1: Readonly<Record<number, readonly number[]>> = {
  2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const BITRATES_V2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES = [44_100, 48_000, 32_000];
/** So many frames in a row show where the stream goes on. */
const CHAIN = 3;
const LOOK_BYTES = 65_536;
/** Tags at the end of a file, which hold no sound. */
const TAG_AT_END = /^(TAG|APETAGEX|LYRICSBEGIN|\0*$)/;

export function parseMpegHeader(bytes: Uint8Array, at = 0): MpegHeader | null {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + HEADER_BYTES);
  if (a !== 0xff || (b & 0xe0) !== 0xe0) return null;
  const version = (b >> 3) & 3; // 0: 2.5, 2: 2, 3: 1
  const layer = 4 - ((b >> 1) & 3);
  const rate = RATES[(c >> 2) & 3];
  if (version === 1 || rate === undefined || (layer !== 2 && layer !== 3)) return null;
  const rates = version === 3 ? BITRATES_V1[layer] : BITRATES_V2;
  const bitrate = rates?.[(c >> 4) - 1];
  if (bitrate === undefined) return null;
  const sampleRate = rate >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const samples = layer === 3 && version !== 3 ? 576 : 1152;
  const length = Math.floor((samples / 8) * ((bitrate * 1000) / sampleRate)) + ((c >> 1) & 1);
  const kind = (b & 0x1e) | (((c >> 2) & 3) << 8);
  return { bytes: length, samples, rate: sampleRate, kind, layer, channels: d >> 6 === 3 ? 1 : 2 };
}

export async function* mpegFrames(reader: ByteReader, report: DecodeReport): AsyncGenerator<MpegFrame> {
  let last: MpegHeader | null = null;
  let meanBytes = 0;
  let count = 0;
  while (await reader.fill(HEADER_BYTES)) {
    const header = await frameAt(reader, 0, last);
    if (header !== null) {
      meanBytes += (header.bytes - meanBytes) / Math.min(++count, 100);
      last = header;
      const at = reader.position;
      yield { ...header, payload: reader.take(header.bytes), at };
      continue;
    }
    if (await skipTag(reader)) continue;
    const { bytes, isEnd, isBlank } = await skipToChain(reader);
    // What fills the last block of storage was never sound.
    if (isEnd && isBlank && last !== null) continue;
    if (isEnd && bytes <= (last?.bytes ?? 0) && bytes > 0) noteDamage(report, 'last_frame_cut_short');
    else noteDamage(report, 'frame_misplaced');
    report.bytesLost += bytes;
    const lost = last === null ? 0 : Math.round(bytes / Math.max(meanBytes, 1));
    if (last === null || isEnd) {
      if (last !== null)
        report.lostMs += ((bytes / Math.max(meanBytes, 1)) * last.samples * 1000) / last.rate;
      continue;
    }
    for (let frame = 0; frame < lost; frame += 1) yield { ...last, payload: null, at: reader.position };
  }
  report.bytesLost += reader.take(reader.available).length;
}

/** Believes a header of the stream's kind if another one, a tag or the end follows its frame; of the first frames, if several follow. */
async function frameAt(reader: ByteReader, at: number, like: MpegHeader | null): Promise<MpegHeader | null> {
  const first = parseMpegHeader(reader.peek(at + HEADER_BYTES), at);
  if (first === null) return null;
  let end = at;
  let header: MpegHeader | null = first;
  for (let chain = 0; chain < (first.kind === like?.kind ? 2 : CHAIN); chain += 1) {
    if (header === null || header.kind !== first.kind) return null;
    const isThere = await reader.fill(end + header.bytes);
    if (!isThere) return chain > 0 ? first : null;
    end += header.bytes;
    await reader.fill(end + 16);
    const rest = reader.peek(end + 16).subarray(end);
    if (rest.length < HEADER_BYTES || isTag(rest)) return first;
    header = parseMpegHeader(reader.peek(end + HEADER_BYTES), end);
  }
  return first;
}

function isTag(bytes: Uint8Array): boolean {
  return id3Bytes(bytes) > 0 || TAG_AT_END.test(textOf(bytes, 11));
}

/** Skips a tag at this place: joined files have some in their middle, too. */
async function skipTag(reader: ByteReader): Promise<boolean> {
  if (await skipId3(reader)) return true;
  await reader.fill(16);
  const ahead = reader.peek(16);
  if (!/^(TAG|APETAGEX|LYRICSBEGIN)/.test(textOf(ahead, 11))) return false;
  const { bytes } = await skipToChain(reader);
  return bytes > 0;
}

/** Goes to the next place where frames follow one another, or to the end. */
async function skipToChain(reader: ByteReader): Promise<{ bytes: number; isEnd: boolean; isBlank: boolean }> {
  let bytes = 0;
  let isBlank = true;
  const pass = (count: number) => {
    const passed = reader.take(count);
    bytes += passed.length;
    isBlank &&= passed.every((byte) => byte === 0);
  };
  pass(1);
  while (await reader.fill(HEADER_BYTES)) {
    await reader.fill(LOOK_BYTES);
    const { available } = reader;
    let at = 0;
    for (; at + HEADER_BYTES <= available; at += 1) {
      const ahead = reader.peek(available);
      const next = ahead.indexOf(0xff, at);
      if (next === -1 || next + HEADER_BYTES > available) {
        at = next === -1 ? available - HEADER_BYTES + 1 : next;
        break;
      }
      at = next;
      if ((await frameAt(reader, at, null)) === null) continue;
      pass(at);
      return { bytes, isEnd: false, isBlank };
    }
    pass(Math.max(1, Math.min(at, available)));
  }
  pass(reader.available);
  return { bytes, isEnd: true, isBlank };
}

function textOf(bytes: Uint8Array, count: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(count, bytes.length)).toString('latin1');
}
