/** A player that looks for its place asks for the same block again with each step, and a listener for the next one. */
/** Memory: 4 MiB in all. */
const OF_A_STORE = { goodForMs: 2_000, most: 64 };

/**
 * Keeps blocks of stored audio that were read a moment ago, so that answers around one place read and decrypt each of them once.
 * Whether its recording may still be heard is the caller's to ask, each time.
 */
export class RecentBlocks {
  readonly #held = new Map<string, { readAtMs: number; bytes: Buffer }>();
  readonly #bounds: typeof OF_A_STORE;

  constructor(bounds = OF_A_STORE) {
    this.#bounds = bounds;
  }

  /** @param of names content that never changes: a hash, or the key of a copy */
  find(of: string, number: number): Buffer | null {
    const held = this.#held.get(`${of} ${number}`);
    return held && performance.now() - held.readAtMs < this.#bounds.goodForMs ? held.bytes : null;
  }

  keep(of: string, number: number, bytes: Buffer): void {
    const key = `${of} ${number}`;
    this.#held.delete(key);
    this.#held.set(key, { readAtMs: performance.now(), bytes });
    const [oldest] = this.#held.keys();
    if (this.#held.size > this.#bounds.most && oldest !== undefined) this.#held.delete(oldest);
  }
}
