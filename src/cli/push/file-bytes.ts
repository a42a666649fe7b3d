/**
 * Reads the bytes of a file while they are sent. A card may be pulled out and a file replaced at any moment, so each read says
 * whether the file is another one now, or the disk gives it no more: neither is mended by sending again.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { type ExaminedFile, isUnchanged } from './examine.ts';
import { FileChanged, FileUnreadable } from './retry.ts';

/** A file for the library that speaks tus: its own way to read one ends the process when the file has gone. */
export class OpenFile {
  readonly size: number;
  readonly #file: ExaminedFile;
  readonly #handle: FileHandle;

  private constructor(file: ExaminedFile, handle: FileHandle) {
    this.size = file.sizeBytes;
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws FileChanged, FileUnreadable */
  static async open(file: ExaminedFile): Promise<OpenFile> {
    return new OpenFile(file, await told(file, () => open(file.path)));
  }

  /**
   * @returns the bytes of one request, which is at most 4 MB
   * @throws FileChanged, FileUnreadable
   */
  async slice(start: number, end: number): Promise<{ value: Uint8Array; done: boolean }> {
    const bytes = await told(this.#file, () => readPart(this.#handle, start, end));
    // The library takes the length of the request from there.
    return { value: Object.assign(bytes, { size: bytes.byteLength }), done: end >= this.size };
  }

  close(): void {
    // It closes a second time when the upload has ended.
    void this.#handle.close().catch(() => {});
  }
}

/**
 * @returns the whole content, which is at most 4 MB
 * @throws FileChanged, FileUnreadable
 */
export async function readWhole(file: ExaminedFile): Promise<Buffer<ArrayBuffer>> {
  return await told(file, async () => {
    const handle = await open(file.path);
    try {
      const bytes = await readPart(handle, 0, file.sizeBytes);
      if (!(await isUnchanged(file))) throw new FileChanged();
      return bytes;
    } finally {
      await handle.close();
    }
  });
}

async function readPart(handle: FileHandle, start: number, end: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(end - start);
  for (let at = 0; at < bytes.byteLength; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, start + at);
    if (bytesRead === 0) throw new FileChanged();
    at += bytesRead;
  }
  return bytes;
}

async function told<T>(file: ExaminedFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileChanged) throw error;
    throw (await isUnchanged(file)) ? new FileUnreadable(error) : new FileChanged();
  }
}
