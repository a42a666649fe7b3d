/**
 * Stores what one request brings of a file: in an object that grows where the store can do that, otherwise in chunks, each of
 * them durable before the next begins.
 */
import type { BlobStore, StoredBlob } from '../store/blobs/blob-store.ts';
import { newKey } from '../store/blobs/blob-store.ts';
import { discardObjects } from '../store/blobs/freeing.ts';
import type { Database } from '../store/database.ts';
import { growFile } from './grow.ts';
import { addChunk, isLost, type Writer } from './rows.ts';

/** What a kill costs of each request; each is a request of S3. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Ends when the body ends, breaks off or another request wants to go on. What has come until then stays.
 * @returns how many bytes of the file are safe
 * @throws AfterwordError `resumable_taken`; or what broke the body or the store, after what came before it was stored
 */
export async function writeBody(
  { db, blobs }: { db: Database; blobs: BlobStore },
  writer: Writer,
  body: AsyncIterable<Uint8Array>,
  startsAt: number,
): Promise<number> {
  const { growing } = blobs;
  if (growing) return await growFile({ db, blobs, growing }, writer, body, startsAt);
  return await writeChunks({ db, blobs }, writer, body, startsAt);
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
    const stored: StoredBlob = await blobs.put(source.chunk(CHUNK_BYTES), key);
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

  async *chunk(most: number): AsyncGenerator<Uint8Array, void, void> {
    let left = most;
    while (left > 0 && (await this.hasMore()) && this.#next) {
      const bytes = this.#next;
      const now = bytes.subarray(0, left);
      this.#next = now.byteLength < bytes.byteLength ? bytes.subarray(now.byteLength) : null;
      left -= now.byteLength;
      yield now;
    }
  }
}
