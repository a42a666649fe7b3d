/** This file learns from answered calls how long a provider takes: a fixed part, and one for each second of sound. */

/** Milliseconds. */
export interface CallCost {
  ms: number;
  msPerSecond: number;
  /** The last answers were for nearly one length of sound, so they do not tell the two parts apart. */
  isGuessed?: boolean;
  /** A call that takes longer is given up. */
  withinMs?: number;
}

/** Each answer weighs this much less than the next one, so that some twenty of them count. */
const REMEMBERED = 0.95;
/** Calls of nearly one length say nothing about which part is which; their seconds differ by less than this. */
const TOO_EVEN_SECONDS = 2;

/** A least-squares line through the last answers. It holds six numbers, however many calls there were. */
export class LearnedCost {
  #weight = 0;
  #seconds = 0;
  #ms = 0;
  #secondsSquared = 0;
  #both = 0;
  /** What a second cost when lengths last differed. Even calls say nothing new about it, and so they do not change it. */
  #msPerSecond: number | null = null;

  note(seconds: number, ms: number): void {
    this.#weight = this.#weight * REMEMBERED + 1;
    this.#seconds = this.#seconds * REMEMBERED + seconds;
    this.#ms = this.#ms * REMEMBERED + ms;
    this.#secondsSquared = this.#secondsSquared * REMEMBERED + seconds ** 2;
    this.#both = this.#both * REMEMBERED + seconds * ms;
    const mean = this.#mean();
    if (mean.variance >= TOO_EVEN_SECONDS ** 2)
      this.#msPerSecond = (this.#both / this.#weight - mean.seconds * mean.ms) / mean.variance;
  }

  /** @returns null before the first answer */
  get cost(): CallCost | null {
    if (this.#weight === 0) return null;
    const { seconds, ms, variance } = this.#mean();
    const most = ms / Math.max(seconds, Number.EPSILON);
    // Halves are the guess that is the least wrong for either kind of provider.
    const msPerSecond = Math.min(Math.max(0, this.#msPerSecond ?? most / 2), most);
    return { ms: ms - msPerSecond * seconds, msPerSecond, isGuessed: variance < TOO_EVEN_SECONDS ** 2 };
  }

  #mean(): { seconds: number; ms: number; variance: number } {
    const seconds = this.#seconds / this.#weight;
    const ms = this.#ms / this.#weight;
    return { seconds, ms, variance: this.#secondsSquared / this.#weight - seconds ** 2 };
  }
}
