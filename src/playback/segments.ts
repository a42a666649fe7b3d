/** Makes parts of copies that are still to come, so that a place ahead of a copy is heard at once. */

import type { Wanted } from '../audio/excerpt.ts';
import { mapOfCopy } from '../audio/opus-copy.ts';
import { PACKET_BYTES } from '../audio/opus-encoder.ts';
import { SEGMENT_BYTES, SEGMENT_PACKETS, SEGMENT_SAMPLES, type SeekIndex } from '../audio/seek-index.ts';
import { Recent } from '../bounds/recent.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Database } from '../store/database.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { bytesOfSegment, canBegin, MOST_SEGMENT_BYTES } from './segment-bytes.ts';
import { readSeek } from './sounds.ts';
import type { PlaybackThreads } from './threads.ts';

/** 4 s of a listener who plays, and the places around: 3 MB in all. */
const HELD = { goodForMs: 60_000, most: 256 };
/** Of recordings that somebody listens to: 20 kB for an hour each, 2 MB for the longest. */
const MOST_INDEXES = 32;

/** So many in a row that could not be made, and no more of the recording are tried: some decoders go on from all that came before. */
const MOST_FAILURES = 3;

interface Known {
  seek: SeekIndex;
  samples: number;
  packets: number;
  failures: number;
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
      found?.seek && canBegin(found.seek.format, this.#threads.hasFfmpeg)
        ? {
            seek: found.seek,
            samples: found.samples,
            packets: mapOfCopy(found.samples).sizes.length,
            failures: 0,
          }
        : null;
    this.#indexes.set(recordingId, known);
    return known;
  }

  /** @returns nothing where it cannot be made by itself: whatever is wrong with it, the copy will tell */
  async #make(
    recordingId: string,
    known: Known,
    content: Content,
    number: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { seek, samples } = known;
    const packets = Math.min(known.packets - number * SEGMENT_PACKETS, SEGMENT_PACKETS);
    const own = Math.max(0, Math.min(samples - number * SEGMENT_SAMPLES, SEGMENT_SAMPLES));
    let made: Uint8Array = new Uint8Array(0);
    try {
      made = await this.#packets({ seek, number, packets, samples: own }, content, signal);
    } catch (error) {
      if (signal.aborted) throw error;
    }
    const isWhole = made.length === packets * PACKET_BYTES;
    const segment = isWhole ? Buffer.from(made.buffer, made.byteOffset, made.length) : Buffer.alloc(0);
    this.#held.keep(recordingId, number, segment);
    known.failures = isWhole ? 0 : known.failures + 1;
    if (known.failures === MOST_FAILURES) this.#indexes.set(recordingId, null);
    return segment;
  }

  async #packets(
    { seek, number, packets, samples }: { seek: SeekIndex; number: number; packets: number; samples: number },
    { sha256, objectKey }: Content,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { format, rate, checks } = seek;
    const check = checks[number];
    const bytes = await bytesOfSegment(seek, number, (range) => this.#read(sha256, objectKey, range, signal));
    if (bytes === null || check === undefined) return new Uint8Array(0);
    const task = { kind: 'segment', format, rate, number, check, samples, packets, ...bytes } as const;
    return await this.#threads.segment(task, signal);
  }

  /** @returns null where it is too much, or nothing that a file can have */
  async #read(
    sha256: string,
    objectKey: string | null,
    { from, to }: Wanted,
    signal: AbortSignal,
  ): Promise<Uint8Array | null> {
    if (!Number.isSafeInteger(from) || from < 0 || !(to > from)) return null;
    const parts = { db: this.#db, blobs: this.#blobs };
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const range = { from, to: Math.min(to, from + MOST_SEGMENT_BYTES + 1) };
    for await (const chunk of openContent(parts, sha256, signal, range, objectKey)) {
      chunks.push(chunk);
      bytes += chunk.length;
    }
    return bytes > MOST_SEGMENT_BYTES ? null : Buffer.concat(chunks);
  }
}
