import { onAppended } from '../events/append.ts';

/** A player that looks for a place asks up to ten times within a second: Ogg has no index, so browsers search by bytes. */
const GOOD_FOR_MS = 1_000;
/** So long it may be given again where nothing was told of its person since. What no event tells of counts after this. */
const MOST_MS = 30_000;
/** Memory: a layout of ten hours has about 100 kB. */
const MOST = 64;

interface Held<T> {
  userId: string;
  lookedAtMs: number;
  /** When the number of the last event was still this one. */
  checkedAtMs: number;
  event: number;
  found: T;
}

/**
 * Keeps what was laid out a moment ago, so that a player that looks for its place does not wait for the database each time.
 * What this process changes of a person is forgotten at once, and what another one changes counts a second later: who listens
 * already hears it later than that. What is deleted is silent at once whatever is kept here, since the player looks with each
 * block.
 */
export class RecentLooks<T> {
  readonly #lastEventOf: (userId: string) => Promise<number>;
  readonly #held = new Map<string, Held<T>>();
  readonly #unfollow: () => void;
  #changes = 0;

  /** @param lastEventOf tells the number of a person's last event: all that changes a layout is told as one */
  constructor(lastEventOf: (userId: string) => Promise<number>) {
    this.#lastEventOf = lastEventOf;
    this.#unfollow = onAppended((userId) => {
      this.#changes += 1;
      for (const [key, held] of this.#held) if (held.userId === userId) this.#held.delete(key);
    });
  }

  /** @param isLasting false: what was found is given and not held */
  async of(userId: string, key: string, look: () => Promise<{ found: T; isLasting: boolean }>): Promise<T> {
    const atMs = performance.now();
    const held = this.#held.get(key);
    const isOwn = held?.userId === userId;
    if (isOwn && atMs - held.checkedAtMs < GOOD_FOR_MS) return held.found;
    const changes = this.#changes;
    // Asked before the look: what is told meanwhile may have come too late for it.
    const event = await this.#lastEventOf(userId);
    if (isOwn && held.event === event && atMs - held.lookedAtMs < MOST_MS && changes === this.#changes) {
      held.checkedAtMs = atMs;
      return held.found;
    }
    const { found, isLasting } = await look();
    // A change meanwhile may have come too late for what was read.
    if (!isLasting || changes !== this.#changes) return found;
    this.#held.delete(key);
    this.#held.set(key, { userId, lookedAtMs: atMs, checkedAtMs: atMs, event, found });
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
