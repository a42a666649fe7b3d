/**
 * Stores what one request brings of a file in an object that grows. It is flushed again and again beside receiving, and counts
 * once the row says so.
 */
import { createHash } from 'node:crypto';
import { type BlobStore, type GrowingBlob, type GrowingStore, newKey } from '../store/blobs/blob-store.ts';
import { discardObjects } from '../store/blobs/freeing.ts';
import type { Database } from '../store/database.ts';
import { addChunk, isLost, readGrowing, type Writer } from './rows.ts';
import type { Written } from './write.ts';

/** What a kill costs of each request, as much again while a flush runs. Each flush costs a sync of the disk and a commit. */
const FLUSH_BYTES = 1024 * 1024;
/** What a fast sender sends within this is cheaper to send again than to flush by the megabyte. */
const FLUSH_PAUSE_MS = 20;
/** A slow link would lose minutes. 200 slow ones make 40 flushes a second. */
const FLUSH_EVERY_MS = 5_000;
/** A disk or database that is behind stops the sender here. */
const MOST_UNSAFE_BYTES = 16 * 1024 * 1024;

interface Parts {
  db: Database;
  blobs: BlobStore;
  growing: GrowingStore;
}

/** @throws what broke the body or the store, after what came before is safe */
export async function growFile(
  parts: Parts,
  writer: Writer,
  body: AsyncIterable<Uint8Array>,
  startsAt: number,
): Promise<Written> {
  const file = new GrowingChunk(parts, writer, startsAt);
  try {
    try {
      for await (const chunk of body) {
        await file.write(chunk);
        if (file.isToEnd) break;
      }
    } finally {
      await file.flush();
    }
  } finally {
    await file.close();
  }
  return { safe: file.safe, object: file.object };
}

class GrowingChunk {
  /** How much of the file is safe. */
  safe: number;
  readonly #parts: Parts;
  readonly #writer: Writer;
  readonly #startsAt: number;
  #open: { blob: GrowingBlob; key: string; startsAt: number } | null = null;
  readonly #regularly: NodeJS.Timeout;
  #rest: NodeJS.Timeout | undefined;
  #came: number;
  #flushing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #isWanted = false;
  /** A row has the object, or may have it. */
  #isKept = false;
  /**
   * Of a file that this request brings from its first byte on, which is how most clients send. That is as safe as a hash of an
   * upload in one request: nobody else has the object open, for it was made here, and whoever takes over begins another one.
   */
  readonly #hash = createHash('sha256');
  /** When a flush ended, of the monotonic clock. */
  #flushedAtMs = 0;

  constructor(parts: Parts, writer: Writer, startsAt: number) {
    this.#parts = parts;
    this.#writer = writer;
    this.safe = startsAt;
    this.#startsAt = startsAt;
    this.#came = startsAt;
    this.#regularly = setInterval(() => this.#start(1), FLUSH_EVERY_MS).unref();
  }

  /** Another request wants to go on, or nothing more can be stored. */
  get isToEnd(): boolean {
    return this.#isWanted || this.#failure !== null;
  }

  /** The object, if all of it has come here. */
  get object(): Written['object'] {
    if (this.#open?.startsAt !== 0 || this.#startsAt !== 0) return null;
    return { key: this.#open.key, sha256: this.#hash.copy().digest('hex') };
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#open ??= await this.#begin();
    if (this.#startsAt === 0) this.#hash.update(chunk);
    await this.#open.blob.write(chunk);
    this.#came += chunk.byteLength;
    if (performance.now() - this.#flushedAtMs >= FLUSH_PAUSE_MS) this.#start(FLUSH_BYTES);
    if (this.#came - this.safe >= MOST_UNSAFE_BYTES) {
      this.#start(FLUSH_BYTES);
      await this.#flushing;
    }
  }

  /** All that was written is safe when it returns. @throws what it failed with, or an earlier flush */
  async flush(): Promise<void> {
    clearInterval(this.#regularly);
    while (this.#flushing) await this.#flushing;
    clearTimeout(this.#rest);
    if (this.#failure) throw this.#failure.error;
    if (this.#open && this.safe < this.#came) await this.#keep(this.#open);
  }

  /** Call it after `flush`, also where that has failed: then nothing is under way any more. */
  async close(): Promise<void> {
    if (!this.#open) return;
    await this.#open.blob.close();
    if (!this.#isKept) await discardObjects(this.#parts.blobs, [this.#open.key]);
  }

  async #begin() {
    const { db, growing } = this.#parts;
    const before = await readGrowing(db, this.#writer);
    const startsAt = before?.startsAt ?? this.safe;
    const key = before?.key ?? newKey();
    this.#isKept = before !== null;
    return { blob: await growing.grow(key, this.safe - startsAt), key, startsAt };
  }

  /** Flushes beside receiving if at least so much is not safe; what comes meanwhile is left to the next flush. */
  #start(leastBytes: number): void {
    if (!this.#open || this.#failure || this.#came - this.safe < leastBytes) return;
    this.#flushing ??= this.#keep(this.#open)
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#flushing = null;
        this.#flushedAtMs = performance.now();
        // A sender that stops now brings no chunk with which the next flush would begin.
        this.#rest = setTimeout(() => this.#start(FLUSH_BYTES), FLUSH_PAUSE_MS).unref();
      });
  }

  async #keep({ blob, key, startsAt }: { blob: GrowingBlob; key: string; startsAt: number }): Promise<void> {
    const sizeBytes = await blob.flush();
    const chunk = { startsAt, sizeBytes, key };
    const before = { safe: this.safe, grows: true };
    const wasKept = this.#isKept;
    this.#isKept = true;
    try {
      this.#isWanted = await addChunk(this.#parts.db, this.#writer, chunk, before);
    } catch (error) {
      // A commit with an unknown result may have kept it: then the row decides, and the search for orphans frees it.
      if (isLost(error)) this.#isKept = wasKept;
      throw error;
    }
    this.safe = startsAt + sizeBytes;
  }
}
