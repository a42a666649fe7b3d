/**
 * Stores what one request brings of a file: in an object that grows where the store can do that, otherwise in chunks, each of
 * them durable before the next begins.
 */
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { newKey } from '../store/blobs/blob-store.ts';
import { discardObjects } from '../store/blobs/freeing.ts';
import { type HeldBytes, OWN_BYTES } from '../store/blobs/held-bytes.ts';
import type { Database } from '../store/database.ts';
import { growFile } from './grow.ts';
import { addChunk, isLost, type Writer } from './rows.ts';

/** What a kill costs of each request; each is a request of S3. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/**
 * How a chunk grows where it is held in memory, and what memory it needs for that: that of S3's parts, in which an encrypted
 * chunk needs a little more than its bytes: for the longest one 5 MB. While memory is short, chunks are stored before they
 * are long.
 */
const GROWTH = [
  { bytes: OWN_BYTES - 16 * 1024, memory: OWN_BYTES },
  { bytes: 4 * OWN_BYTES - 64 * 1024, memory: 4 * OWN_BYTES },
  { bytes: CHUNK_BYTES, memory: 20 * OWN_BYTES },
];

export interface Written {
  /** How many bytes of the file are safe. */
  safe: number;
  /** The object with all of them, where one request has brought it from its first byte on; null where it has to be read. */
  object: { key: string; sha256: string } | null;
}

/**
 * Ends when the body ends, breaks off or another request wants to go on. What has come until then stays.
 * @throws AfterwordError `resumable_taken`; or what broke the body or the store, after what came before it was stored
 */
export async function writeBody(
  { db, blobs }: { db: Database; blobs: BlobStore },
  writer: Writer,
  body: AsyncIterable<Uint8Array>,
  startsAt: number,
): Promise<Written> {
  const { growing } = blobs;
  if (growing) return await growFile({ db, blobs, growing }, writer, body, startsAt);
  return { safe: await writeChunks({ db, blobs }, writer, body, startsAt), object: null };
}

async function writeChunks(
  { db, blobs }: { db: Database; blobs: BlobStore },
  writer: Writer,
  body: AsyncIterable<Uint8Array>,
  startsAt: number,
): Promise<number> {
  const source = new Source(body[Symbol.asyncIterator]());
  let received = startsAt;
  let isWanted = false;
  while (!isWanted && (await source.hasMore())) {
    const key = newKey();
    const room = new Room(blobs.held);
    const stored = await blobs.put(source.chunk(room), key).finally(() => room.leave());
    const chunk = { startsAt: received, sizeBytes: stored.sizeBytes, key };
    try {
      isWanted = await addChunk(db, writer, chunk, { safe: received, grows: false });
    } catch (error) {
      // The lease was lost, or the commit's result is unknown: then the row decides, and the search for orphans frees it.
      if (isLost(error)) await discardObjects(blobs, [key]);
      throw error;
    }
    received += stored.sizeBytes;
  }
  if (source.failure !== null) throw source.failure;
  return received;
}

/** How long a chunk may become. */
class Room {
  readonly #held: HeldBytes | undefined;
  #step: number;

  /** @param held absent where a chunk is not held in memory */
  constructor(held: HeldBytes | undefined) {
    this.#held = held;
    this.#step = held ? 0 : GROWTH.length - 1;
  }

  get bytes(): number {
    return GROWTH[this.#step]?.bytes ?? CHUNK_BYTES;
  }

  /** @returns whether the chunk may be longer now */
  grow(): boolean {
    const next = GROWTH[this.#step + 1];
    if (!next || !this.#held?.take(this.#memory, next.memory - this.#memory)) return false;
    this.#step += 1;
    return true;
  }

  leave(): void {
    this.#held?.give(this.#memory - OWN_BYTES);
    this.#step = 0;
  }

  get #memory(): number {
    return GROWTH[this.#step]?.memory ?? OWN_BYTES;
  }
}

/** A body that is read in parts. A failure ends the part at which it comes, so that what came before it is kept. */
class Source {
  failure: unknown = null;
  readonly #body: AsyncIterator<Uint8Array>;
  #next: Uint8Array | null = null;
  #isOver = false;

  constructor(body: AsyncIterator<Uint8Array>) {
    this.#body = body;
  }

  /** Waits for the next bytes. */
  async hasMore(): Promise<boolean> {
    while (!this.#isOver && this.#next === null) {
      try {
        const step = await this.#body.next();
        if (step.done) this.#isOver = true;
        else if (step.value.byteLength > 0) this.#next = step.value;
      } catch (error) {
        this.failure = error;
        this.#isOver = true;
      }
    }
    return this.#next !== null;
  }

  async *chunk(room: Room): AsyncGenerator<Uint8Array, void, void> {
    let bytes = 0;
    while ((bytes < room.bytes || room.grow()) && (await this.hasMore()) && this.#next) {
      const came = this.#next;
      const now = came.subarray(0, room.bytes - bytes);
      this.#next = now.byteLength < came.byteLength ? came.subarray(now.byteLength) : null;
      bytes += now.byteLength;
      yield now;
    }
  }
}
