import { Recent } from '../bounds/recent.ts';

/** A player that looks for its place asks for the same block again with each step. Memory: 4 MiB in all. */
const OF_A_STORE = { goodForMs: 2_000, most: 64 };

/**
 * Keeps blocks of stored audio that were read a moment ago, so that answers around one place read and decrypt each of them once.
 * Whether its recording may still be heard is the caller's to ask, each time.
 */
export class RecentBlocks {
  readonly #held: Recent<{ readAtMs: number; bytes: Buffer }>;
  readonly #goodForMs: number;

  constructor({ goodForMs, most } = OF_A_STORE) {
    this.#held = new Recent(most);
    this.#goodForMs = goodForMs;
  }

  /** @param of names content that never changes: a hash, or the key of a copy */
  find(of: string, number: number): Buffer | null {
    const held = this.#held.get(`${of} ${number}`);
    return held && performance.now() - held.readAtMs < this.#goodForMs ? held.bytes : null;
  }

  keep(of: string, number: number, bytes: Buffer): void {
    this.#held.set(`${of} ${number}`, { readAtMs: performance.now(), bytes });
  }
}
