import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AfterwordError } from '../../errors.ts';
import type { BlobStore, StoredBlob } from './blob-store.ts';

/**
 * Written bytes are pushed to the disk every so often while they still arrive. Otherwise the one fsync at the
 * end would have to write the whole body, and the answer would wait for it: 32 MB at 200 MB/s are 160 ms.
 */
const SYNC_EVERY_BYTES = 2 * 1024 * 1024;
const READ_CHUNK_BYTES = 64 * 1024;
/** A minute of the phone: a disk that has less room than that takes no upload. */
const PROBE_BYTES = 256 * 1024;
const ABANDONED_AFTER_MS = 3_600_000;

/** Blobs as files: `<folder>/<first two digits>/<sha256>`, arriving in `<folder>/incoming`. */
export class FolderBlobStore implements BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder, and forgets bodies that a crash cut off: nobody was told that they are safe. */
  async prepare(): Promise<void> {
    // For us alone: these are recordings of somebody's life, and the folder above may be open to pass through.
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await mkdir(this.#incoming(), { recursive: true });
    for (const name of await readdir(this.#incoming())) {
      const path = join(this.#incoming(), name);
      const touchedAtMs = await stat(path).then(
        (found) => found.mtimeMs,
        () => Date.now(),
      );
      // Young ones may belong to another process on the same folder that is receiving them right now.
      if (Date.now() - touchedAtMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }

  async put(body: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const arriving = join(this.#incoming(), `${randomUUID()}.part`);
    const file = await open(arriving, 'wx');
    try {
      const stored = await receive(body, file);
      await file.close();
      await this.#keep(arriving, stored.sha256);
      return stored;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(arriving, { force: true });
      throw error;
    }
  }

  async *open(sha256: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let file: FileHandle;
    try {
      file = await open(this.#path(sha256), constants.O_RDONLY);
    } catch (error) {
      // A disk that is broken or closed to us may well have it: only its absence is final.
      if (!isAbsent(error)) throw error;
      throw new AfterwordError('blob_missing', `the audio ${sha256} cannot be read`, { cause: error });
    }
    // `autoClose` frees the handle however the reader stops.
    yield* file.createReadStream({ highWaterMark: READ_CHUNK_BYTES, signal, autoClose: true });
  }

  async has(sha256: string): Promise<boolean> {
    return stat(this.#path(sha256)).then(
      () => true,
      (error) => {
        if (isAbsent(error)) return false;
        throw error;
      },
    );
  }

  async delete(sha256: string): Promise<void> {
    await rm(this.#path(sha256), { force: true });
  }

  async probe(): Promise<void> {
    const path = join(this.#incoming(), `${randomUUID()}.part`);
    try {
      const file = await open(path, 'wx');
      try {
        await file.writeFile(Buffer.alloc(PROBE_BYTES));
        await file.datasync();
      } finally {
        await file.close();
      }
    } finally {
      await rm(path, { force: true });
    }
  }

  /** A rename is the moment at which the blob exists: whole or not at all. */
  async #keep(arriving: string, sha256: string): Promise<void> {
    const path = this.#path(sha256);
    await mkdir(dirname(path), { recursive: true });
    await rename(arriving, path);
    // The name lives in the folder, and the folder has a cache of its own.
    await syncFolder(dirname(path));
    await syncFolder(this.#folder);
  }

  #incoming(): string {
    return join(this.#folder, 'incoming');
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

async function receive(body: AsyncIterable<Uint8Array>, file: FileHandle): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let unsyncedBytes = 0;
  let syncing: Promise<void> = Promise.resolve();
  let syncError: unknown;
  for await (const chunk of body) {
    hash.update(chunk);
    await file.writeFile(chunk); // at the handle's position, and whole: a bare write may be short
    sizeBytes += chunk.byteLength;
    unsyncedBytes += chunk.byteLength;
    if (unsyncedBytes >= SYNC_EVERY_BYTES) {
      unsyncedBytes = 0;
      // One at a time, beside the receiving; a failed one is reported by the last, which is waited for.
      syncing = syncing
        .then(() => file.datasync())
        .catch((error) => {
          syncError ??= error;
        });
    }
  }
  await syncing;
  if (syncError) throw syncError;
  await file.datasync();
  return { sha256: hash.digest('hex'), sizeBytes };
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
