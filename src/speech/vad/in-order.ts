/** Gives out the speech of windows in the order of the recording, whenever each of them is heard, and makes the marks. */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { HeardWindow } from './heard-window.ts';
import type { Mark } from './mark.ts';
import { type Kept, leadSamplesOf, type Speech } from './speech.ts';

const RATE = SAMPLE_RATE;

/**
 * After so much sound the next long pause becomes a mark. An interrupted recording then has no more than this and a window to
 * listen to again, about 1 s of one core.
 */
export const MARK_SAMPLES = 120 * RATE;
/** After so much sound without a long pause a shorter pause becomes a mark, and a piece ends there. */
const SHORT_PAUSE_SAMPLES = 300 * RATE;
/** After so much sound without any pause (music, a crowd) the next split of a span becomes a mark. */
const NO_PAUSE_SAMPLES = 600 * RATE;
/** The sound that a piece gets after its speech, so that the next piece starts after it. */
const SHORTEST_PAUSE = 0.1 * RATE;

export interface Window {
  startSample: number;
  /** The window decides about speech that begins from here on, and before its border. */
  believedFromSample: number;
  /** The next window decides about speech that begins here or later. */
  borderSample: number;
}

interface Begun extends Window {
  heard: HeardWindow;
}

export class InOrder {
  readonly #leadSamples: number;
  readonly #joinSamples: number;
  /** In the order of the recording; the last of them may still be fed. */
  readonly #begun: Begun[] = [];
  #heardUntil: number;
  #marked: number;
  #isWhole = false;

  constructor({ leadSeconds, joinSeconds }: Kept, from: Mark | undefined) {
    this.#leadSamples = leadSamplesOf(leadSeconds);
    this.#joinSamples = Math.max(this.#leadSamples, leadSamplesOf(joinSeconds));
    this.#heardUntil = from?.heardUntilSample ?? 0;
    this.#marked = this.#heardUntil;
  }

  get length(): number {
    return this.#begun.length;
  }

  add(window: Window, heard: HeardWindow): void {
    this.#begun.push({ ...window, heard });
  }

  /** Says that no window will be added. */
  end(): void {
    this.#isWhole = true;
  }

  /** Yields what is known by now. */
  *ready(): Generator<Speech | Mark> {
    for (let window = this.#begun[0]; window; window = this.#begun[0]) {
      // Another thread may find more while whoever takes the speech is slow, so each is taken out by itself.
      for (let next = window.heard.speech.shift(); next; next = window.heard.speech.shift())
        yield* this.#believed(next, window);
      const isLast = this.#begun.length === 1;
      if (!window.heard.isDone || (isLast && !this.#isWhole)) return;
      this.#begun.shift();
      // The attempt fails and is repeated, where words would be missing otherwise and nobody would know.
      if (window.heard.speech.length > 0)
        throw new Error('a window was left before all of its speech was taken');
      window.heard.close();
      // Where nobody spoke right up to the border, the next window is enough to go on from.
      const next = this.#begun[0];
      const mark = next && this.#longPauseMark(window.borderSample, next);
      if (mark) yield mark;
    }
  }

  /** Resolves when the first window has got on; rejects if it was lost. */
  async changed(): Promise<void> {
    await this.#begun[0]?.heard.changed();
  }

  close(): void {
    for (const { heard } of this.#begun.splice(0)) heard.close();
  }

  *#believed(speech: Speech, window: Begun): Generator<Speech | Mark> {
    const startSample = Math.max(speech.startSample, window.believedFromSample, this.#heardUntil);
    const { endSample, trail } = speech;
    if (startSample >= window.borderSample || startSample >= endSample) return;
    const mark = this.#markBefore(startSample, window);
    if (mark) yield mark;
    const passed = startSample - speech.startSample;
    const kept = Math.min(this.#leadSamples, startSample - this.#heardUntil);
    yield {
      startSample,
      endSample,
      samples: passed === 0 ? speech.samples : speech.samples.slice(passed),
      lead: lastOf(kept, speech.lead, speech.samples.subarray(0, passed)),
      trail,
    };
    this.#heardUntil = endSample;
  }

  #markBefore(startSample: number, window: Window): Mark | null {
    const long = this.#longPauseMark(startSample, window);
    if (long) return long;
    const length = startSample - this.#marked;
    const pause = startSample - this.#heardUntil;
    const isShort = length >= SHORT_PAUSE_SAMPLES && pause >= SHORTEST_PAUSE;
    if (!isShort && length < NO_PAUSE_SAMPLES) return null;
    return this.#mark(startSample - Math.floor(pause / 2), window);
  }

  /** Cutting bridges no gap of this length, so no piece is open in it. */
  #longPauseMark(startSample: number, window: Window): Mark | null {
    const isLong = startSample - this.#heardUntil >= this.#joinSamples;
    if (!isLong || startSample - this.#marked < MARK_SAMPLES) return null;
    return this.#mark(startSample - this.#leadSamples, window);
  }

  #mark(atSample: number, window: Window): Mark {
    this.#heardUntil = atSample;
    this.#marked = atSample;
    return { atSample: window.startSample, heardUntilSample: atSample };
  }
}

/** Copies the end of two sounds that follow each other. */
function lastOf(length: number, first: Float32Array, second: Float32Array): Float32Array {
  const ofSecond = Math.min(length, second.length);
  const ofFirst = Math.min(length - ofSecond, first.length);
  const last = new Float32Array(ofFirst + ofSecond);
  last.set(first.subarray(first.length - ofFirst));
  last.set(second.subarray(second.length - ofSecond), ofFirst);
  return last;
}
