/** Makes parts of copies that are still to come, so that a place ahead of a copy is heard at once. */

import type { Wanted } from '../audio/excerpt.ts';
import { mapOfCopy } from '../audio/opus-copy.ts';
import { PACKET_BYTES } from '../audio/opus-encoder.ts';
import {
  SEGMENT_BYTES,
  SEGMENT_PACKETS,
  SETTLE_SECONDS,
  type SeekIndex,
  settledFrame,
} from '../audio/seek-index.ts';
import { Recent } from '../bounds/recent.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Database } from '../store/database.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { canBegin } from './segment.ts';
import { readSeek } from './sounds.ts';
import type { PlaybackThreads } from './threads.ts';

/** 4 s of a listener who plays, and the places around: 3 MB in all. */
const HELD = { goodForMs: 60_000, most: 256 };
/** Of recordings that somebody listens to: 20 kB for an hour each, 2 MB for the longest. */
const MOST_INDEXES = 32;
/** Ten seconds of 24 bits at 96 kHz. A file with more in a segment waits for its copy. */
const MOST_BYTES = 8 * 1024 * 1024;

interface Known {
  seek: SeekIndex;
  packets: number;
}

interface Content {
  sha256: string;
  objectKey: string | null;
}

export class CopySegments {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #threads: PlaybackThreads;
  readonly #held = new RecentBlocks(HELD);
  /** null: it waits for its copy. */
  readonly #indexes = new Recent<Known | null>(MOST_INDEXES);

  constructor({ db, blobs }: { db: Database; blobs: BlobStore }, threads: PlaybackThreads) {
    this.#db = db;
    this.#blobs = blobs;
    this.#threads = threads;
  }

  /** @returns these bytes of the copy that is to come; null where they cannot be made by themselves */
  async part(
    recordingId: string,
    content: Content,
    { from, to }: Wanted,
    signal: AbortSignal,
  ): Promise<Buffer | null> {
    const known = await this.#known(recordingId);
    if (!known) return null;
    const first = Math.floor(from / SEGMENT_BYTES);
    const parts: Buffer[] = [];
    for (let number = first; number * SEGMENT_BYTES < to; number += 1) {
      const made =
        this.#held.find(recordingId, number) ??
        (await this.#make(recordingId, known, content, number, signal));
      if (made.length === 0) return null;
      parts.push(made);
    }
    const start = first * SEGMENT_BYTES;
    return Buffer.concat(parts).subarray(from - start, to - start);
  }

  async #known(recordingId: string): Promise<Known | null> {
    const before = this.#indexes.get(recordingId);
    if (before !== undefined) return before;
    const found = await readSeek(this.#db, recordingId);
    const known =
      found && canBegin(found.seek.format)
        ? { seek: found.seek, packets: mapOfCopy(found.samples).sizes.length }
        : null;
    this.#indexes.set(recordingId, known);
    return known;
  }

  /** @returns nothing where it cannot be made by itself */
  async #make(
    recordingId: string,
    { seek, packets }: Known,
    { sha256, objectKey }: Content,
    number: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { format, rate, head, points, checks } = seek;
    // The last point is the one nearest to the end, and begins the last segments.
    const point = number === 0 ? null : (points[number - 1] ?? points.at(-1) ?? null);
    const check = number === 0 ? null : (checks[number - 1] ?? null);
    const from = point?.at ?? 0;
    // A decoder holds back some frames: a second behind the end is enough for all of them.
    const end = settledFrame(number + 1, rate) + (SETTLE_SECONDS + 1) * rate;
    const to =
      points.slice(number, number + 4).find(({ frame }) => frame >= end)?.at ?? Number.MAX_SAFE_INTEGER;
    const isPossible = (point === null || check !== null) && (number === 0) === (point === null);
    const bytes = isPossible
      ? await this.#read(sha256, objectKey, { from, to }, point === null ? new Uint8Array(0) : head, signal)
      : null;
    const left = packets - number * SEGMENT_PACKETS;
    const made =
      bytes &&
      (await this.#threads.segment(
        { kind: 'segment', format, rate, number, bytes, point, check, packets: left },
        signal,
      ));
    const isWhole = made?.length === Math.min(left, SEGMENT_PACKETS) * PACKET_BYTES;
    const segment = isWhole ? Buffer.from(made.buffer, made.byteOffset, made.length) : Buffer.alloc(0);
    this.#held.keep(recordingId, number, segment);
    return segment;
  }

  /** @returns null where it is too much */
  async #read(
    sha256: string,
    objectKey: string | null,
    { from, to }: Wanted,
    head: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | null> {
    const parts = { db: this.#db, blobs: this.#blobs };
    const chunks: Uint8Array[] = [head];
    let bytes = 0;
    const range = { from, to: Math.min(to, from + MOST_BYTES + 1) };
    for await (const chunk of openContent(parts, sha256, signal, range, objectKey)) {
      chunks.push(chunk);
      bytes += chunk.length;
    }
    return bytes > MOST_BYTES ? null : Buffer.concat(chunks);
  }
}
