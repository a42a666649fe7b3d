/** Holds the playable copy of one recording while it is made: it can be heard as it grows, and goes to the store when it is whole. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openUnnamed } from '../unnamed-file.ts';

/** A hundred hours of sound with 3,000 bytes a second, as much as is heard of one file. */
const MOST_BYTES = 1_080_000_000 + 1024 * 1024;
/** Memory: so much may wait for the disk, half an hour of sound, which takes seconds to make. */
const MOST_WAITING_BYTES = 6 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const CIPHER = 'aes-256-ctr';
const CIPHER_BLOCK_BYTES = 16;

/**
 * What lies in the file is encrypted with a key that only this process knows, since audio may have to be encrypted wherever it
 * lies.
 */
export class CopySpool {
  readonly #key = randomBytes(32);
  readonly #start = randomBytes(CIPHER_BLOCK_BYTES);
  readonly #cipher = createCipheriv(CIPHER, this.#key, this.#start);
  #file: FileHandle | null = null;
  #bytes = 0;
  #waiting = 0;
  /** So much is in the file. */
  #written = 0;
  #grown = Promise.withResolvers<void>();
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
        this.#tellOfMore();
      });
  }

  /** All of it. @throws what a write has failed with */
  async *read(): AsyncGenerator<Uint8Array> {
    await this.#last;
    for (let at = 0; at < this.#bytes; at += READ_BYTES)
      yield await this.part(at, Math.min(this.#bytes, at + READ_BYTES));
  }

  /** Resolves once so much of it can be read. @throws what ended it before */
  async grownTo(bytes: number): Promise<void> {
    while (this.#written < bytes) {
      if (this.#failure) throw this.#failure;
      await this.#grown.promise;
    }
  }

  /** @throws if not all of these bytes are there, or not any more */
  async part(from: number, to: number): Promise<Uint8Array> {
    if (this.#failure) throw this.#failure;
    const blocks = Math.floor(from / CIPHER_BLOCK_BYTES);
    const before = from - blocks * CIPHER_BLOCK_BYTES;
    const sealed = new Uint8Array(before + to - from);
    for (let at = 0; at < sealed.length; ) {
      const { bytesRead } = (await this.#file?.read(sealed, at, sealed.length - at, from - before + at)) ?? {
        bytesRead: 0,
      };
      if (bytesRead === 0) throw new Error('the copy is shorter than it was');
      at += bytesRead;
    }
    const decipher = createDecipheriv(CIPHER, this.#key, counted(this.#start, blocks));
    return decipher.update(sealed).subarray(before);
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('the copy is not wanted any more');
    this.#tellOfMore();
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
    this.#written += part.length;
    this.#tellOfMore();
  }

  #tellOfMore(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers<void>();
  }
}

/** The counter of CTR after so many blocks: a number of 16 bytes that begins again behind its largest. */
function counted(start: Buffer, blocks: number): Buffer {
  const counter = (BigInt(`0x${start.toString('hex')}`) + BigInt(blocks)) % 2n ** 128n;
  return Buffer.from(counter.toString(16).padStart(2 * CIPHER_BLOCK_BYTES, '0'), 'hex');
}
