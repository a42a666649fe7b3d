import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AfterwordError } from '../../errors.ts';
import { makeFolder } from '../../folders.ts';
import {
  type BlobStore,
  type ByteRange,
  type GrowingStore,
  isKey,
  type ListedObject,
  newKey,
  type ObjectPage,
  OWNER,
  PAGE_OBJECTS,
  type StoredBlob,
  type UnfinishedObject,
} from './blob-store.ts';
import { GatheringWriter } from './gathering-writer.ts';
import { growingFiles } from './growing-file.ts';

const READ_CHUNK_BYTES = 64 * 1024;
/** A minute of a phone's audio: a disk with less room takes no upload. */
const PROBE_BYTES = 256 * 1024;
const PART = '.part';

/** Stores blobs as files: `<folder>/<first two digits>/<key>`, arriving in `<folder>/incoming`. */
export class FolderBlobStore implements BlobStore {
  readonly growing: GrowingStore;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.growing = growingFiles(
      (key) => this.#path(key),
      (path) => this.#keepName(path),
    );
  }

  async prepare(): Promise<void> {
    // Only our user may read it: these are recordings of somebody's life, and the folder above may be open to pass
    // through.
    await makeFolder(this.#folder, 0o700);
    await makeFolder(this.#incoming());
  }

  async put(body: AsyncIterable<Uint8Array>, key = newKey()): Promise<StoredBlob> {
    const arriving = join(this.#incoming(), `${key}${PART}`);
    const file = await open(arriving, 'wx');
    try {
      const stored = await receive(body, file);
      await file.close();
      await this.#keep(arriving, key);
      return { key, ...stored };
    } catch (error) {
      await file.close().catch(() => {});
      // The file has one of these names; neither is in use.
      for (const path of [arriving, this.#path(key)]) await rm(path, { force: true }).catch(() => {});
      throw error;
    }
  }

  async *open(key: string, signal: AbortSignal, range?: ByteRange): AsyncGenerator<Uint8Array> {
    let file: FileHandle;
    try {
      file = await open(this.#path(key), constants.O_RDONLY);
    } catch (error) {
      // A disk that is broken or closed to us may still have the file: only its absence is final.
      if (!isAbsent(error)) throw error;
      throw new AfterwordError('blob_missing', `the audio ${key} cannot be read`, { cause: error });
    }
    // `autoClose` frees the handle however the reader stops.
    const part = range && { start: range.from, end: Math.max(range.from, range.to - 1) };
    const stream = file.createReadStream({
      highWaterMark: READ_CHUNK_BYTES,
      signal,
      autoClose: true,
      ...part,
    });
    if (range && range.to <= range.from) stream.destroy();
    else yield* stream;
  }

  async has(key: string): Promise<boolean> {
    return (await touchedAtMs(this.#path(key))) !== null;
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async probe(): Promise<void> {
    const path = join(this.#incoming(), `${newKey()}${PART}`);
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

  async list(after: string | null, most = PAGE_OBJECTS): Promise<ObjectPage> {
    const objects: ListedObject[] = [];
    const from = after ?? '';
    for (const folder of (await readdir(this.#folder)).sort()) {
      if (!/^[0-9a-f]{2}$/.test(folder) || folder < from.slice(0, 2)) continue;
      const names = await readdir(join(this.#folder, folder));
      for (const key of names.filter((name) => isKey(name) && name > from).sort()) {
        const storedAtMs = await touchedAtMs(this.#path(key));
        if (storedAtMs !== null) objects.push({ key, storedAtMs });
        if (objects.length === most) return { objects, next: key };
      }
    }
    return { objects, next: null };
  }

  async listUnfinished(): Promise<UnfinishedObject[]> {
    const found: UnfinishedObject[] = [];
    for (const name of (await readdir(this.#incoming())).slice(0, PAGE_OBJECTS)) {
      const at = await touchedAtMs(join(this.#incoming(), name));
      if (at !== null && name.endsWith(PART)) {
        found.push({ name, key: name.slice(0, -PART.length), touchedAtMs: at });
      }
    }
    return found;
  }

  async dropUnfinished({ name }: UnfinishedObject): Promise<void> {
    await rm(join(this.#incoming(), name), { force: true });
  }

  async owner(): Promise<string | null> {
    return await readFile(join(this.#folder, OWNER), 'utf8').catch((error) => {
      if (isAbsent(error)) return null;
      throw error;
    });
  }

  async setOwner(owner: string): Promise<void> {
    const arriving = join(this.#incoming(), `${newKey()}${PART}`);
    await writeFile(arriving, owner, { flush: true });
    await rename(arriving, join(this.#folder, OWNER));
    await syncFolder(this.#folder);
  }

  /** The rename makes the blob exist, completely or not at all. */
  async #keep(arriving: string, key: string): Promise<void> {
    const path = this.#path(key);
    await makeFolder(dirname(path));
    await rename(arriving, path);
    await this.#keepName(path);
  }

  /** The name is stored in the folder, which has a cache of its own, and so is the folder's name in the one above. */
  async #keepName(path: string): Promise<void> {
    await Promise.all([syncFolder(dirname(path)), syncFolder(this.#folder)]);
  }

  #incoming(): string {
    return join(this.#folder, 'incoming');
  }

  #path(key: string): string {
    return join(this.#folder, key.slice(0, 2), key);
  }
}

/** @returns null if there is no such file */
async function touchedAtMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function receive(body: AsyncIterable<Uint8Array>, file: FileHandle): Promise<Omit<StoredBlob, 'key'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const writer = new GatheringWriter(file);
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await writer.write(chunk);
    }
    await writer.end();
  } catch (error) {
    // The file must not be closed while it is written.
    await writer.settled();
    throw error;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
