/** Decides who hears which window of a recording: its own thread, or others that have nothing else to do. */
import { SAMPLE_RATE } from '../../audio/hint.ts';
import { HeardHere, type HeardWindow } from './heard-window.ts';
import type { FinderOptions } from './speech-finder.ts';

/** What becomes of the question whether somebody else hears a window. */
export interface Elsewhere {
  /** null: nobody has the time. */
  heard: HeardWindow | null;
  /** How many others could hear a window at once. */
  free: number;
}

/**
 * The next window is begun when another thread has so much left of the one before: decoding two minutes takes a tenth of
 * hearing them. Given to it any sooner, the last windows would wait for one thread while the other has none.
 */
const NEARLY_HEARD_SAMPLES = 20 * SAMPLE_RATE;

export class Hearers {
  readonly #ask: ((options: FinderOptions) => Promise<Elsewhere>) | undefined;
  readonly #here: HeardHere[] = [];
  /** The windows of other threads that no other one follows yet. */
  readonly #last = new Set<HeardWindow>();
  #free = 0;

  constructor(ask: ((options: FinderOptions) => Promise<Elsewhere>) | undefined) {
    this.#ask = ask;
  }

  /** Says whether others that heard for this recording have nothing to do, or soon will have nothing. */
  get areOthersIdle(): boolean {
    return this.#free > 0 || this.#nearlyDone !== undefined;
  }

  /** @param isHeardHere although somebody else may have the time */
  async begin(options: FinderOptions, isHeardHere: boolean): Promise<HeardWindow> {
    if (this.#ask && !isHeardHere && (this.areOthersIdle || this.#last.size === 0)) {
      const followed = this.#nearlyDone;
      if (followed) this.#last.delete(followed);
      const { heard, free } = await this.#ask(options);
      this.#free = free;
      if (heard) {
        this.#last.add(heard);
        return heard;
      }
    }
    const heard = new HeardHere(options);
    this.#here.push(heard);
    return heard;
  }

  /** Hears a second of what waits for this thread. @returns false if there is nothing */
  hear(): boolean {
    while (this.#here[0]?.isDone) this.#here.shift();
    const next = this.#here.find(({ unheardSamples }) => unheardSamples > 0);
    next?.hear();
    return next !== undefined;
  }

  get #nearlyDone(): HeardWindow | undefined {
    return [...this.#last].find(({ unheardSamples }) => unheardSamples < NEARLY_HEARD_SAMPLES);
  }
}
