import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, type Blocks, blocks } from './blocks.ts';

/** What one body may hold in memory while the disk is behind: 1 MB, of which some is being written. */
const MOST_BLOCKS = 4;
/**
 * Written bytes are pushed to the disk regularly while the body arrives. Otherwise one fsync at the end would write the
 * whole body and delay the answer: 32 MB at 200 MB/s are 160 ms.
 */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024;

/** Writes a file to the disk beside receiving it, in few large writes and few syncs. It never closes the file. */
export class GatheringWriter {
  readonly #file: FileHandle;
  readonly #blocks: Blocks;
  /** Where the next bytes go. */
  #at: number;
  #givenUpTo: number;
  /** The one that is being filled, and how far it is. */
  #filling: Buffer | null = null;
  #filledBytes = 0;
  /** They wait to be written; each goes up to where it was filled. */
  #full: Buffer[] = [];
  /** With the one that is being filled and those that are being written. */
  #heldBlocks = 0;
  #writing: Promise<void> | null = null;
  #written = Promise.withResolvers<void>();
  #unsyncedBytes = 0;
  #syncing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;

  /** @param from where the first bytes go */
  constructor(file: FileHandle, from = 0, shared = blocks) {
    this.#file = file;
    this.#at = from;
    this.#givenUpTo = from;
    this.#blocks = shared;
  }

  /**
   * Waits only while too much waits for the disk.
   *
   * @param chunk is copied, and not needed any more once this has resolved
   * @throws what an earlier write or sync failed with
   */
  async write(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.byteLength > 0; ) {
      this.#rethrow();
      this.#filling ??= this.#take();
      if (this.#filling === null) {
        await this.#written.promise;
        continue;
      }
      const now = rest.subarray(0, BLOCK_BYTES - this.#filledBytes);
      this.#filling.set(now, this.#filledBytes);
      this.#filledBytes += now.byteLength;
      this.#givenUpTo += now.byteLength;
      rest = rest.subarray(now.byteLength);
      if (this.#filledBytes === BLOCK_BYTES) this.#start();
    }
    this.#rethrow();
  }

  /**
   * Brings to the disk what was given so far, while more may be given.
   * @returns where the bytes that are on the disk end
   */
  async flush(): Promise<number> {
    await this.#writeAll();
    const written = this.#at;
    this.#unsyncedBytes = 0;
    await this.#file.datasync();
    // The system tells a failed write to one of two syncs at once: what the other one saw may be all that is known of it.
    await this.#syncing;
    this.#rethrow();
    return written;
  }

  /** Everything is on the disk when it returns. */
  async end(): Promise<void> {
    await this.#writeAll();
    await this.settled();
    this.#rethrow();
    await this.#file.datasync();
  }

  /** Nothing is under way any more when it returns, and what was not written is dropped. It never throws. */
  async settled(): Promise<void> {
    // As one write ends the next may begin.
    while (this.#writing) await this.#writing;
    await this.#syncing;
    for (const block of this.#full) this.#give(block);
    this.#full = [];
    if (this.#filling) this.#give(this.#filling);
    this.#filling = null;
    this.#filledBytes = 0;
  }

  #take(): Buffer | null {
    if (this.#heldBlocks === MOST_BLOCKS) return null;
    const block = this.#blocks.take(this.#heldBlocks === 0);
    if (block) this.#heldBlocks += 1;
    return block;
  }

  #give(block: Buffer): void {
    this.#heldBlocks -= 1;
    // A view of a block has all of its memory.
    this.#blocks.give(Buffer.from(block.buffer as ArrayBuffer));
  }

  /** Writes all that was given so far. */
  async #writeAll(): Promise<void> {
    const upTo = this.#givenUpTo;
    this.#start();
    while (this.#at < upTo && !this.#failure) await this.#writing;
    this.#rethrow();
  }

  /** Writes what is full, and the one that is being filled as it is. */
  #start(): void {
    if (this.#filling) this.#full.push(this.#filling.subarray(0, this.#filledBytes));
    this.#filling = null;
    this.#filledBytes = 0;
    this.#startWriting();
  }

  #startWriting(): void {
    if (this.#full.length === 0 || this.#failure) return;
    this.#writing ??= this.#writeFull()
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#writing = null;
        // Something may have become full after the last look.
        this.#startWriting();
        this.#tellWritten();
      });
  }

  async #writeFull(): Promise<void> {
    while (this.#full.length > 0 && !this.#failure) {
      const views = this.#full;
      this.#full = [];
      try {
        const bytes = views.reduce((sum, { byteLength }) => sum + byteLength, 0);
        await writeWhole(this.#file, views, bytes, this.#at);
        this.#at += bytes;
        this.#unsyncedBytes += bytes;
      } finally {
        for (const view of views) this.#give(view);
      }
      this.#tellWritten();
      this.#sync();
    }
  }

  /** Blocks have become free, or none will any more. */
  #tellWritten(): void {
    this.#written.resolve();
    this.#written = Promise.withResolvers<void>();
  }

  /** Syncs beside receiving, one at a time: what is written meanwhile is left to the next one, or to the end. */
  #sync(): void {
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES || this.#syncing) return;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#file
      .datasync()
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#syncing = null;
      });
  }

  #rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

/** A bare write may be short; then the rest is written from where it stopped. */
async function writeWhole(
  file: FileHandle,
  chunks: readonly Uint8Array[],
  bytes: number,
  from: number,
): Promise<void> {
  const { bytesWritten } = await file.writev(chunks, from);
  if (bytesWritten === bytes) return;
  const all = Buffer.concat(chunks);
  for (let done = bytesWritten; done < bytes; )
    done += (await file.write(all, done, bytes - done, from + done)).bytesWritten;
}
