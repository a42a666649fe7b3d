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
/** What an encoder is given in front of a segment. The checksum is over these samples. */
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
  /** Of the samples in front of each segment from the second on. */
  checks: readonly number[];
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

export function checkOf(samples: Float32Array): number {
  return crc32(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
}

const POINT_BYTES = 20;

export function seekToBytes({ format, rate, head, points, checks }: SeekIndex): Buffer {
  const count = Math.min(points.length, checks.length);
  const text = Buffer.from(
    JSON.stringify({ format, rate, head: Buffer.from(head).toString('base64'), count }),
  );
  const bytes = Buffer.alloc(4 + text.length + POINT_BYTES * count);
  bytes.writeUInt32LE(text.length);
  text.copy(bytes, 4);
  for (let index = 0, at = 4 + text.length; index < count; index += 1, at += POINT_BYTES) {
    bytes.writeDoubleLE(points[index]?.at ?? 0, at);
    bytes.writeDoubleLE(points[index]?.frame ?? 0, at + 8);
    bytes.writeUInt32LE(checks[index] ?? 0, at + 16);
  }
  return bytes;
}

export function seekFromBytes(bytes: Buffer): SeekIndex {
  const textBytes = bytes.readUInt32LE();
  const { format, rate, head, count } = JSON.parse(bytes.toString('utf8', 4, 4 + textBytes)) as {
    format: string;
    rate: number;
    head: string;
    count: number;
  };
  const [points, checks]: [SeekPoint[], number[]] = [[], []];
  for (let index = 0, at = 4 + textBytes; index < count; index += 1, at += POINT_BYTES) {
    points.push({ at: bytes.readDoubleLE(at), frame: bytes.readDoubleLE(at + 8) });
    checks.push(bytes.readUInt32LE(at + 16));
  }
  return { format, rate, head: Buffer.from(head, 'base64'), points, checks };
}
