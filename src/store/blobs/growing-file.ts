/**
 * Writes files of a folder bit by bit, each under the name that it keeps: what it is at a time is for its owner's rows to say,
 * and no reader knows of it before.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, open, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AfterwordError } from '../../errors.ts';
import { makeFolder } from '../../folders.ts';
import type { GrowingBlob, GrowingStore } from './blob-store.ts';
import { GatheringWriter } from './gathering-writer.ts';

/** Of file systems that know no second name: FAT, some of networks; EMLINK: it has too many. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Each read costs a way to another thread and back, as much as reading 64 KB itself. */
const READ_AT_ONCE_BYTES = 1024 * 1024;

/** @param keep makes the names in the folder of this path durable */
export function growingFiles(
  pathOf: (key: string) => string,
  keep: (path: string) => Promise<void>,
): GrowingStore {
  return {
    grow: async (key, from) => {
      const path = pathOf(key);
      if (from === 0) {
        await makeFolder(dirname(path));
        return new GrowingFile(await open(path, 'wx'), from, () => keep(path));
      }
      const file = await open(path, constants.O_RDWR).catch((error) => {
        if (error.code !== 'ENOENT') throw error;
        throw new AfterwordError('blob_missing', `the audio ${key} cannot be read`, { cause: error });
      });
      return new GrowingFile(file, from, null);
    },
    adopt: async (key, newKey, sizeBytes, sha256) => {
      const [path, newPath] = [pathOf(key), pathOf(newKey)];
      const seen = await stat(path).catch(() => null);
      if (seen?.size !== sizeBytes) return null;
      // The search for orphans takes what is old and unknown; both names have one time.
      const now = new Date();
      await utimes(path, now, now);
      await makeFolder(dirname(newPath));
      try {
        await link(path, newPath);
        await keep(newPath);
        return { key: newKey, sha256: sha256 ?? (await hashOf(newPath, sizeBytes)), sizeBytes };
      } catch (error) {
        await rm(newPath, { force: true });
        if (NO_LINKS.has(String((error as NodeJS.ErrnoException).code))) return null;
        throw error;
      }
    },
  };
}

async function hashOf(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(READ_AT_ONCE_BYTES, sizeBytes));
  const file = await open(path, constants.O_RDONLY);
  try {
    for (let at = 0; at < sizeBytes; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, at);
      if (bytesRead === 0) throw new Error(`${path} ends at ${at} of ${sizeBytes} bytes`);
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

class GrowingFile implements GrowingBlob {
  readonly #file: FileHandle;
  readonly #writer: GatheringWriter;
  /** Makes its name durable; null once that is done. */
  #keepName: (() => Promise<void>) | null;

  constructor(file: FileHandle, from: number, keepName: (() => Promise<void>) | null) {
    this.#file = file;
    this.#writer = new GatheringWriter(file, from);
    this.#keepName = keepName;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk);
  }

  async flush(): Promise<number> {
    const upTo = await this.#writer.flush();
    await this.#keepName?.();
    this.#keepName = null;
    return upTo;
  }

  async close(): Promise<void> {
    await this.#writer.settled();
    await this.#file.close();
  }
}
