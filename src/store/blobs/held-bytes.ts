/** Bounds what all bodies of this process together hold in memory, for stores that take an object only whole. No I/O. */

/** 64 MB that all share. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Each body has this much without asking: with 200 at once 50 MB. A step of the memory of S3's parts. */
export const OWN_BYTES = 256 * 1024;

export class HeldBytes {
  readonly #most: number;
  #held = 0;

  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /**
   * Never waits, so that nobody waits for a body that does not come: whoever gets no more stores what there is. Nobody gets
   * more than is left for others, so what is left never goes to one alone.
   * @param before what this body has already
   * @returns whether it may hold so much more
   */
  take(before: number, more: number): boolean {
    if (before + more > this.#most - this.#held) return false;
    this.#held += more;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }

  get held(): number {
    return this.#held;
  }
}
