import { onAppended } from '../events/append.ts';

/** A player that looks for a place asks up to ten times within a second: Ogg has no index, so browsers search by bytes. */
const GOOD_FOR_MS = 1_000;
/** Memory: a layout of ten hours has about 100 kB. */
const MOST = 64;

/**
 * Keeps what was laid out a moment ago, so that a player that looks for its place does not wait for the database each time.
 * What this process changes of a person is forgotten at once, and what another one changes counts a second later: who listens
 * already hears it later than that. What is deleted is silent at once whatever is kept here, since the player looks with each
 * block.
 */
export class RecentLooks<T> {
  readonly #held = new Map<string, { userId: string; atMs: number; found: T }>();
  readonly #unfollow: () => void;
  #changes = 0;

  constructor() {
    this.#unfollow = onAppended((userId) => {
      this.#changes += 1;
      for (const [key, held] of this.#held) if (held.userId === userId) this.#held.delete(key);
    });
  }

  /** @param isLasting false: what was found is given and not held */
  async of(userId: string, key: string, look: () => Promise<{ found: T; isLasting: boolean }>): Promise<T> {
    const held = this.#held.get(key);
    if (held?.userId === userId && performance.now() - held.atMs < GOOD_FOR_MS) return held.found;
    const [changes, atMs] = [this.#changes, performance.now()];
    const { found, isLasting } = await look();
    // A change meanwhile may have come too late for what was read.
    if (!isLasting || changes !== this.#changes) return found;
    this.#held.delete(key);
    this.#held.set(key, { userId, atMs, found });
    const [oldest] = this.#held.keys();
    if (this.#held.size > MOST && oldest !== undefined) this.#held.delete(oldest);
    return found;
  }

  /** For what no event of this process tells: a copy of the sound that was lost, or words that another process has deleted. */
  forget(): void {
    this.#changes += 1;
    this.#held.clear();
  }

  stop(): void {
    this.#unfollow();
    this.forget();
  }
}
