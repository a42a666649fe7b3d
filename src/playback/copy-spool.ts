/** Holds the playable copy of one recording while it is made: it goes to the store once all of it is there. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openUnnamed } from '../unnamed-file.ts';

/** A hundred hours of sound with 3,000 bytes a second, as much as is heard of one file. */
const MOST_BYTES = 1_080_000_000 + 1024 * 1024;
/** Memory: so much may wait for the disk, half an hour of sound, which takes seconds to make. */
const MOST_WAITING_BYTES = 6 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const CIPHER = 'aes-256-ctr';

/**
 * What lies in the file is encrypted with a key that only this process knows, since audio may have to be encrypted wherever it
 * lies.
 */
export class CopySpool {
  readonly #key = [randomBytes(32), randomBytes(16)] as const;
  readonly #cipher = createCipheriv(CIPHER, ...this.#key);
  #file: FileHandle | null = null;
  #bytes = 0;
  #waiting = 0;
  #failure: Error | null = null;
  #last: Promise<void> = Promise.resolve();

  /** Never fails and never waits: what went wrong is told when the copy is read. */
  add(part: Uint8Array): void {
    if (this.#failure) return;
    this.#bytes += part.length;
    this.#waiting += part.length;
    if (this.#bytes > MOST_BYTES) this.#failure = new Error('the copy is too long');
    if (this.#waiting > MOST_WAITING_BYTES) this.#failure = new Error('the disk was too slow for it');
    this.#last = this.#last
      .then(() => this.#write(part))
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      });
  }

  /** Can be read once. @throws what a write has failed with */
  async *read(): AsyncGenerator<Uint8Array> {
    await this.#last;
    const decipher = createDecipheriv(CIPHER, ...this.#key);
    for (let at = 0; at < this.#bytes; ) {
      if (this.#failure) throw this.#failure;
      const chunk = new Uint8Array(Math.min(READ_BYTES, this.#bytes - at));
      const { bytesRead } = (await this.#file?.read(chunk, 0, chunk.length, at)) ?? { bytesRead: 0 };
      if (bytesRead === 0) throw new Error('the copy is shorter than it was');
      at += bytesRead;
      yield decipher.update(chunk.subarray(0, bytesRead));
    }
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('the copy is not wanted any more');
    await this.#last;
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #write(part: Uint8Array): Promise<void> {
    if (this.#failure) return;
    this.#file ??= await openUnnamed();
    // At the handle's position, and whole: a bare write may be short.
    await this.#file.writeFile(this.#cipher.update(part));
    this.#waiting -= part.length;
  }
}
