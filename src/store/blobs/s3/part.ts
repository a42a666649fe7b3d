/** S3's smallest part, and the largest piece of a body that is ever in memory. */
export const PART_BYTES = 5 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
const GROWTH = 4;

/** The piece of a body that is being gathered; the same memory serves for the next one. Grows, so that small bodies stay small. */
export class Part {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get isFull(): boolean {
    return this.#length === PART_BYTES;
  }

  /** A view: valid until {@link clear}. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** @returns what did not fit */
  take(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, PART_BYTES - this.#length);
    this.#grow(this.#length + taken.byteLength);
    this.#memory.set(taken, this.#length);
    this.#length += taken.byteLength;
    return chunk.subarray(taken.byteLength);
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(needed: number): void {
    let size = this.#memory.byteLength;
    while (size < needed) size = Math.min(size * GROWTH, PART_BYTES);
    if (size === this.#memory.byteLength) return;
    const larger = Buffer.allocUnsafeSlow(size);
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
