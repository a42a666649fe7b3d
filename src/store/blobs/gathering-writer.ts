import type { FileHandle } from 'node:fs/promises';

/** A socket gives 64 KB at once, and each write costs a way to another thread and back: so several go together. */
const GATHERED_BYTES = 512 * 1024;
/** What one body may hold in memory while the disk is behind: one write under way, and this much that waits for it. */
const MOST_WAITING_BYTES = 1024 * 1024;
/**
 * Written bytes are pushed to the disk regularly while the body arrives. Otherwise one fsync at the end would write the
 * whole body and delay the answer: 32 MB at 200 MB/s are 160 ms.
 */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024;

/** Writes a file to the disk beside receiving it, in few large writes and few syncs. It never closes the file. */
export class GatheringWriter {
  readonly #file: FileHandle;
  /** Where the next bytes go. */
  #at: number;
  #givenUpTo: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  #unsyncedBytes = 0;
  #syncing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;

  /** @param from where the first bytes go */
  constructor(file: FileHandle, from = 0) {
    this.#file = file;
    this.#at = from;
    this.#givenUpTo = from;
  }

  /**
   * Waits only while too much waits for the disk.
   *
   * @param chunk must stay as it is until it is written
   * @throws what an earlier write or sync failed with
   */
  async write(chunk: Uint8Array): Promise<void> {
    this.#rethrow();
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.byteLength;
    this.#givenUpTo += chunk.byteLength;
    if (this.#waitingBytes >= GATHERED_BYTES) this.#start();
    while (this.#waitingBytes >= MOST_WAITING_BYTES && this.#writing) await this.#writing;
    this.#rethrow();
  }

  /**
   * Brings to the disk what was given so far, while more may be given.
   * @returns where the bytes that are on the disk end
   */
  async flush(): Promise<number> {
    const upTo = this.#givenUpTo;
    while (this.#at < upTo && !this.#failure) {
      this.#start();
      await this.#writing;
    }
    this.#rethrow();
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
    this.#start();
    await this.settled();
    this.#rethrow();
    await this.#file.datasync();
  }

  /** Nothing is under way any more when it returns. It never throws. */
  async settled(): Promise<void> {
    await this.#writing;
    await this.#syncing;
  }

  #start(): void {
    this.#writing ??= this.#writeWaiting()
      .catch((error) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#writing = null;
      });
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waitingBytes > 0 && !this.#failure) {
      const chunks = this.#waiting;
      const bytes = this.#waitingBytes;
      this.#waiting = [];
      this.#waitingBytes = 0;
      await writeWhole(this.#file, chunks, bytes, this.#at);
      this.#at += bytes;
      this.#unsyncedBytes += bytes;
      this.#sync();
    }
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
