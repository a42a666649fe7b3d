/** This file learns from answered calls how long a provider takes: a fixed part, and one for each second of sound. */

/** Milliseconds. */
export interface CallCost {
  ms: number;
  msPerSecond: number;
}

/** Each answer weighs this much less than the next one, so that some twenty of them count. */
const REMEMBERED = 0.95;
/** Calls of nearly one length say nothing about which part is which; their seconds differ by less than this. */
const TOO_EVEN_SECONDS = 2;

/** A least-squares line through the last answers. It holds five sums, however many calls there were. */
export class LearnedCost {
  #weight = 0;
  #seconds = 0;
  #ms = 0;
  #secondsSquared = 0;
  #both = 0;

  note(seconds: number, ms: number): void {
    this.#weight = this.#weight * REMEMBERED + 1;
    this.#seconds = this.#seconds * REMEMBERED + seconds;
    this.#ms = this.#ms * REMEMBERED + ms;
    this.#secondsSquared = this.#secondsSquared * REMEMBERED + seconds ** 2;
    this.#both = this.#both * REMEMBERED + seconds * ms;
  }

  /** @returns null before the first answer */
  get cost(): CallCost | null {
    if (this.#weight === 0) return null;
    const seconds = this.#seconds / this.#weight;
    const ms = this.#ms / this.#weight;
    const variance = this.#secondsSquared / this.#weight - seconds ** 2;
    // Halves are the guess that is the least wrong for either kind of provider.
    if (variance < TOO_EVEN_SECONDS ** 2)
      return { ms: ms / 2, msPerSecond: ms / 2 / Math.max(seconds, Number.EPSILON) };
    const slope = (this.#both / this.#weight - seconds * ms) / variance;
    const msPerSecond = Math.min(Math.max(0, slope), ms / seconds);
    return { ms: ms - msPerSecond * seconds, msPerSecond };
  }
}
