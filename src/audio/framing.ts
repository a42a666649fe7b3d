import type { ByteReader } from './byte-reader.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';

/** No frame is longer than this; the length field could claim 4 GiB. */
export const MAX_FRAME_BYTES = 65_536;
const LENGTH_BYTES = 4;
/** So many frames in a row show where the framing goes on: of random bytes, one place in 10^15 looks like that. */
const CHAIN = 3;
/** About a second of packets of 20 ms. */
const MOST_AT_ONCE = 64;
/** The number of bytes that are searched at a time. */
const LOOK_BYTES = 65_536;
/** The number of frames that are read behind a doubtful one: a quarter of a megabyte at most. */
const TRUSTED_AHEAD = 4;
/**
 * More empty frames than this in a row are an erased page of flash, and say nothing about the time: 250 are 1,000 bytes,
 * or 5 s of packets that a transmission lost.
 */
const MOST_EMPTY_FRAMES = 250;

/** Either a payload, or the gap before the next one. */
export type Frame =
  /** `at`: the offset of the payload in the file. */
  | { payload: Uint8Array; at: number }
  /** Each empty frame stands for one that was lost; of other bytes only their number is known. */
  | { payload: null; emptyFrames: number; lostBytes: number };

export interface FrameKind {
  /** A longer payload is no frame of this kind. */
  longest: number;
  /** Whether these payloads, one after the other in the file, can all be frames of it. */
  fits(payloads: readonly Uint8Array[]): boolean;
}

/**
 * Omi's framing: repeat { uint32 little-endian length, payload }. There is no marker to find the next frame by, so after
 * an impossible length the next place is looked for at which several frames follow one another; what lies between is
 * told, so that its time can be kept.
 *
 * Frames come several at once, as an asynchronous step for each would cost a third of decoding it. A payload is a view,
 * valid until the next frames are asked for.
 */
export async function* frames(
  reader: ByteReader,
  report: DecodeReport,
  kind: FrameKind,
): AsyncGenerator<Frame[]> {
  const lost = new Lost();
  let count = 0;
  for (;;) {
    const whole = wholeFrames(reader, kind);
    if (whole.length > 0) {
      yield whole;
      count += whole.length;
      continue;
    }
    if (!(await reader.fill(LENGTH_BYTES))) break;
    const length = lengthAt(reader.peek(LENGTH_BYTES), 0);
    const isPossible = length > 0 && length <= MAX_FRAME_BYTES;
    if (isPossible && (await reader.fill(LENGTH_BYTES + length)) && (await isTrusted(reader, length, kind))) {
      reader.take(LENGTH_BYTES);
      const at = reader.position;
      yield [{ payload: reader.take(length), at }];
      count += 1;
      continue;
    }
    const isCut = isPossible && reader.available < LENGTH_BYTES + length;
    const code =
      length === 0 ? 'zero_length_frame' : isPossible ? 'frame_misplaced' : 'frame_length_out_of_range';
    noteDamage(report, isCut ? 'last_frame_cut_short' : code);
    const emptyFrames = length === 0 ? await skipZeros(reader, lost, kind) : 0;
    const isFound = emptyFrames > 0 || (await findFrames(reader, lost, kind, length === 0 ? 0 : 1));
    if (!isFound && count === 0 && !isCut) throw refusal(length, lost.fillByte);
    report.bytesLost += lost.bytes;
    // Erased storage at the end held no sound, so it is no loss.
    if (isFound || lost.fillByte === null) yield [{ payload: null, emptyFrames, lostBytes: lost.bytes }];
    lost.clear();
  }
  if (reader.available > 0) {
    noteDamage(report, 'last_frame_cut_short');
    report.bytesLost += (await reader.drain()).bytes;
  }
}

/**
 * Takes the frames that need no second look, and no more bytes than have come: each is a frame of its kind, and a possible
 * length follows it. Nothing is read meanwhile, so that all their views stay valid.
 */
function wholeFrames(reader: ByteReader, kind: FrameKind): Frame[] {
  const whole: Frame[] = [];
  while (whole.length < MOST_AT_ONCE && reader.available >= LENGTH_BYTES) {
    const length = lengthAt(reader.peek(LENGTH_BYTES), 0);
    const end = LENGTH_BYTES + length;
    if (length === 0 || length > MAX_FRAME_BYTES || reader.available < end + LENGTH_BYTES) break;
    const ahead = reader.peek(end + LENGTH_BYTES);
    if (lengthAt(ahead, end) > MAX_FRAME_BYTES || !kind.fits([ahead.subarray(LENGTH_BYTES, end)])) break;
    reader.take(LENGTH_BYTES);
    const at = reader.position;
    whole.push({ payload: reader.take(length), at });
  }
  return whole;
}

/** Counts the bytes that are skipped, and notes whether they are all the same. */
class Lost {
  bytes = 0;
  /** The value that every byte has; null when they differ. */
  fillByte: number | null = null;

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const first: number | null = this.bytes === 0 ? (bytes[0] ?? null) : this.fillByte;
    this.fillByte = first !== null && bytes.every((byte) => byte === first) ? first : null;
    this.bytes += bytes.length;
  }

  clear(): void {
    this.bytes = 0;
    this.fillByte = null;
  }
}

/**
 * Believes a length if its payload is a frame and a possible length follows. A payload that is no frame may be damaged, or
 * the length may be wrong. If it is only damaged, no frames begin inside it, and frames follow it.
 */
async function isTrusted(reader: ByteReader, length: number, kind: FrameKind): Promise<boolean> {
  let [start, end] = [LENGTH_BYTES, LENGTH_BYTES + length];
  const fits = kind.fits([reader.peek(end).subarray(start)]);
  for (let ahead = 0; ahead < TRUSTED_AHEAD; ahead += 1) {
    if (ahead > 0 && kind.fits([reader.peek(end).subarray(start)])) break;
    if (!(await reader.fill(end + LENGTH_BYTES))) {
      if (fits || reader.available === end || ahead === 0) break;
      return false;
    }
    const next = lengthAt(reader.peek(end + LENGTH_BYTES), end);
    if (fits && next <= MAX_FRAME_BYTES) return true;
    if (fits) break;
    start = end + LENGTH_BYTES;
    end = start + next;
    if (next > MAX_FRAME_BYTES || !(await reader.fill(end))) return false;
  }
  return !(await hasChain(reader, 1, LENGTH_BYTES + length, kind));
}

async function hasChain(reader: ByteReader, from: number, to: number, kind: FrameKind): Promise<boolean> {
  for (let at = from; at < to; at += 1) {
    if (await isChain(reader, at, kind)) return true;
  }
  return false;
}

/** Skips zeros. @returns the number of empty frames that they are, if frames go on right behind them */
async function skipZeros(reader: ByteReader, lost: Lost, kind: FrameKind): Promise<number> {
  while (await reader.fill(1)) {
    const ahead = reader.peek(reader.available);
    const end = ahead.findIndex((byte) => byte !== 0);
    lost.add(reader.take(end === -1 ? ahead.length : end));
    if (end !== -1) break;
  }
  const frameCount = lost.bytes / LENGTH_BYTES;
  if (!Number.isInteger(frameCount) || frameCount > MOST_EMPTY_FRAMES) return 0;
  return (await isChain(reader, 0, kind)) ? frameCount : 0;
}

/** Goes to the next place where frames follow one another. @returns false if there is none; the file is at its end then */
async function findFrames(reader: ByteReader, lost: Lost, kind: FrameKind, from: number): Promise<boolean> {
  let start = from;
  while (await reader.fill(start + LENGTH_BYTES)) {
    await reader.fill(LOOK_BYTES);
    const { available } = reader;
    let at = start;
    for (; at + LENGTH_BYTES <= available; at += 1) {
      const length = lengthAt(reader.peek(at + LENGTH_BYTES), at);
      if (length === 0 || length > kind.longest) continue;
      if (await isChain(reader, at, kind)) {
        lost.add(reader.take(at));
        return true;
      }
    }
    lost.add(reader.take(at));
    start = 0;
  }
  lost.add(reader.take(reader.available));
  return false;
}

/** Says whether several frames follow in a row, or at least two up to the very end of the file. */
async function isChain(reader: ByteReader, at: number, kind: FrameKind): Promise<boolean> {
  const ends: [number, number][] = [];
  let next = at;
  while (ends.length < CHAIN && (await reader.fill(next + LENGTH_BYTES))) {
    const length = lengthAt(reader.peek(next + LENGTH_BYTES), next);
    if (length === 0 || length > kind.longest) return false;
    const end = next + LENGTH_BYTES + length;
    if (!(await reader.fill(end))) return false;
    ends.push([next + LENGTH_BYTES, end]);
    next = end;
  }
  if (ends.length < CHAIN && (ends.length < 2 || reader.available !== next)) return false;
  const ahead = reader.peek(next);
  return kind.fits(ends.map(([start, end]) => ahead.subarray(start, end)));
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

/** Says why the file has no frames. Erased flash reads as 0xFF, and the firmware's own clearing writes 0x00. */
function refusal(firstLength: number, fillByte: number | null): AudioError {
  if (fillByte === 0x00 || fillByte === 0xff) {
    const value = fillByte === 0 ? '0x00' : '0xFF';
    return new AudioError(
      'erased_storage',
      `The file is ${value} throughout: storage that was never recorded to.`,
    );
  }
  if (firstLength === 0)
    return new AudioError('no_frames', 'The first frame has length 0, so nothing can be read.');
  return new AudioError(
    'not_audio',
    `The file starts with a frame length of ${firstLength} (the limit is ${MAX_FRAME_BYTES}): it is not a recording.`,
  );
}
