/** The memory in which bodies are gathered before they are written: of one size, used again and again, and bounded for all. */

/** A socket gives 64 KB at once, and each write costs a way to another thread and back: so several go together. */
export const BLOCK_BYTES = 256 * 1024;
/** 32 MB that all share, so that a disk that is behind for a moment stops nobody. */
const MOST_SHARED = 128;
/** 8 MB are kept for the next bodies. */
const MOST_FREE = 32;

export class Blocks {
  readonly #free: Buffer[] = [];
  #taken = 0;

  /**
   * Never waits, so that nobody waits for a body that does not come: whoever has none gets one, and whoever has one gets more
   * only while there is room. With 200 bodies at once, 80 MB at worst.
   */
  take(hasNone: boolean): Buffer | null {
    if (!hasNone && this.#taken >= MOST_SHARED) return null;
    this.#taken += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** Nothing may read or write it any more. */
  give(block: Buffer): void {
    this.#taken -= 1;
    if (this.#free.length < MOST_FREE) this.#free.push(block);
  }

  get taken(): number {
    return this.#taken;
  }
}

/** Of the whole process. */
export const blocks = new Blocks();
