/**
 * Says where a decoder can begin to make the samples of any segment of a file whose parts have no map: a point for each segment,
 * noted while the file is decoded once, and a checksum by which a later reader knows that it makes the same samples.
 */
import { crc32 } from 'node:zlib';
import { SAMPLE_RATE } from './hint.ts';
import { PACKET_BYTES, PACKET_SAMPLES, RUN_UP_PACKETS } from './opus-encoder.ts';

const SEGMENT_SECONDS = 4;
/** The copy of a file is made of segments that do not depend on each other. */
export const SEGMENT_PACKETS = (SEGMENT_SECONDS * SAMPLE_RATE) / PACKET_SAMPLES;
export const SEGMENT_SAMPLES = SEGMENT_SECONDS * SAMPLE_RATE;
export const SEGMENT_BYTES = SEGMENT_PACKETS * PACKET_BYTES;
/** What an encoder is given in front of a segment. */
export const RUN_UP_SAMPLES = RUN_UP_PACKETS * PACKET_SAMPLES;
/** The choice of a channel forgets this by 43 dB twice, and a filter remembers 2 ms. */
export const SETTLE_SECONDS = 2;
/** Bounds what is held: a hundred hours. */
const MOST_POINTS = 90_000;

export interface SeekPoint {
  /** Where the bytes for a decoder begin. */
  at: number;
  /** The first sample frame that it gives, counted from the begin of the sound, at the file's own rate. */
  frame: number;
}

/** What a decoder tells. */
export interface SeekPoints {
  rate: number;
  /** Bytes that a decoder is given first, wherever it begins. */
  head: Uint8Array;
  /** One for each segment from the second on; the first begins with the file. */
  points: readonly SeekPoint[];
}

export interface SeekIndex extends SeekPoints {
  format: string;
  /** Of each segment. */
  checks: readonly SegmentCheck[];
}

/** Checksums of the samples that were heard: whoever makes a segment by itself knows by them that it has the same ones. */
export interface SegmentCheck {
  /** Of the run-up, by which a wrong begin is known soon. */
  before: number;
  /** Of the run-up and the segment. */
  all: number;
}

/** Takes the checksums of sound that comes in blocks of a second. */
export class SegmentChecks {
  readonly #checks: SegmentCheck[] = [];
  #samples = 0;
  #before = 0;
  #all = 0;

  add(block: Float32Array): void {
    this.#all = checkOf(block, this.#all);
    this.#samples += block.length;
    if (this.#samples % SEGMENT_SAMPLES !== 0) return;
    this.#checks.push({ before: this.#before, all: this.#all });
    this.#before = checkOf(block.subarray(-RUN_UP_SAMPLES));
    this.#all = this.#before;
  }

  /** Where the sound ends with a segment, the encoder's last packet is one more. */
  end(): SegmentCheck[] {
    return [...this.#checks, { before: this.#before, all: this.#all }];
  }
}

/** Where the samples of a segment begin that a decoder has to give: at a whole second, so that filters and blocks begin alike. */
export function settledFrame(segment: number, rate: number): number {
  return Math.max(0, SEGMENT_SECONDS * segment - SETTLE_SECONDS) * rate;
}

/** Chooses the points from all the places that a decoder passes. */
export class SeekNotes {
  readonly #points: SeekPoint[] = [];
  #last: SeekPoint | null = null;
  #rate = 0;
  #isLost = false;

  /** @param exactFrom what is given from there on is exact */
  pass(point: SeekPoint, exactFrom: number, rate: number): void {
    if (this.#rate !== 0 && rate !== this.#rate) this.#isLost = true;
    this.#rate = rate;
    while (!this.#isLost && exactFrom > settledFrame(this.#points.length + 1, rate)) {
      if (this.#points.length >= MOST_POINTS || this.#last === null) this.#isLost = true;
      else this.#points.push(this.#last);
    }
    this.#last = point;
  }

  /** Sound is missing, or is not where it should be. */
  lost(): void {
    this.#isLost = true;
  }

  end(head: Uint8Array): SeekPoints | null {
    if (this.#isLost || this.#last === null) return null;
    // The rest of the file is behind the last one.
    return { rate: this.#rate, head, points: [...this.#points, this.#last] };
  }
}

/** @param before of the samples in front of these */
export function checkOf(samples: Float32Array, before = 0): number {
  return crc32(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), before);
}

/** Changes with what the checksums are of. */
const VERSION = 2;
const POINT_BYTES = 16;
const CHECK_BYTES = 8;

interface IndexHead {
  version: number;
  format: string;
  rate: number;
  head: string;
  points: number;
  checks: number;
}

export function seekToBytes({ format, rate, head, points, checks }: SeekIndex): Buffer {
  const about: IndexHead = {
    version: VERSION,
    format,
    rate,
    head: Buffer.from(head).toString('base64'),
    points: points.length,
    checks: checks.length,
  };
  const text = Buffer.from(JSON.stringify(about));
  const bytes = Buffer.alloc(4 + text.length + POINT_BYTES * points.length + CHECK_BYTES * checks.length);
  bytes.writeUInt32LE(text.length);
  text.copy(bytes, 4);
  let to = 4 + text.length;
  for (const { at, frame } of points) {
    bytes.writeDoubleLE(at, to);
    bytes.writeDoubleLE(frame, to + 8);
    to += POINT_BYTES;
  }
  for (const { before, all } of checks) {
    bytes.writeUInt32LE(before, to);
    bytes.writeUInt32LE(all, to + 4);
    to += CHECK_BYTES;
  }
  return bytes;
}

/** @returns null for one that was written otherwise, or is damaged: such a file waits for its copy */
export function seekFromBytes(bytes: Buffer): SeekIndex | null {
  const about = headOf(bytes);
  if (about === null) return null;
  const { textBytes, format, rate, head } = about;
  const [points, checks]: [SeekPoint[], SegmentCheck[]] = [[], []];
  let from = 4 + textBytes;
  for (; points.length < about.points; from += POINT_BYTES)
    points.push({ at: bytes.readDoubleLE(from), frame: bytes.readDoubleLE(from + 8) });
  for (; checks.length < about.checks; from += CHECK_BYTES)
    checks.push({ before: bytes.readUInt32LE(from), all: bytes.readUInt32LE(from + 4) });
  return { format, rate, head: Buffer.from(head, 'base64'), points, checks };
}

function headOf(bytes: Buffer): (IndexHead & { textBytes: number }) | null {
  if (bytes.length < 4) return null;
  const textBytes = bytes.readUInt32LE();
  if (4 + textBytes > bytes.length) return null;
  try {
    const head = JSON.parse(bytes.toString('utf8', 4, 4 + textBytes)) as Partial<IndexHead>;
    const { version, format, rate, head: first, points, checks } = head;
    if (version !== VERSION || typeof format !== 'string' || typeof first !== 'string') return null;
    if (![rate, points, checks].every((value) => Number.isSafeInteger(value) && Number(value) >= 0))
      return null;
    const about = head as IndexHead;
    const length = 4 + textBytes + POINT_BYTES * about.points + CHECK_BYTES * about.checks;
    return length === bytes.length ? { ...about, textBytes } : null;
  } catch {
    return null;
  }
}
