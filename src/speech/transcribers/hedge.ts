/**
 * When to ask a provider a second time about what it is slow with (J. Dean, L. Barroso, "The Tail at Scale", 2013).
 * A call that takes longer than nearly all others has mostly met a slow machine, and a second one meets another.
 * Pure: it is told of answers, and says when one is slow and whether there is budget left.
 */

/** Slower than 95 in 100, of the last hundred: a provider that becomes slower is soon not slow but as it is. */
const SLOW = 0.95;
const REMEMBERED = 100;
/** Of twenty, one is slower than the 95th percentile; of fewer that would be a guess. */
const ENOUGH = 20;
/** Saved up at most: hours of calm do not pay for a storm, in which the second call only makes it worse. */
const MOST_SAVED = 5;

export class Hedge {
  readonly #share: number;
  readonly #tookMs: number[] = [];
  #next = 0;
  #saved = 0;

  /** @param share of all calls that may be made a second time: 0.05 are 5 more in 100 */
  constructor(share: number) {
    this.#share = share;
  }

  /** How long a call takes when it is slow; null as long as nobody knows. */
  get slowMs(): number | null {
    if (this.#tookMs.length < ENOUGH) return null;
    const sorted = this.#tookMs.toSorted((a, b) => a - b);
    return sorted[Math.ceil(SLOW * sorted.length) - 1] ?? null;
  }

  get isAffordable(): boolean {
    return this.#saved >= 1;
  }

  spend(): void {
    this.#saved -= 1;
  }

  /**
   * Each question that was answered pays its part of a second call.
   *
   * @param tookMs of its first call, or until that was beaten by the second one: without those the slow ones would
   * vanish from the past, and ever more calls would look slow
   */
  answered(tookMs: number): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + this.#share);
    this.#tookMs[this.#next] = tookMs;
    this.#next = (this.#next + 1) % REMEMBERED;
  }
}
