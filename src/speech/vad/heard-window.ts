import { SAMPLE_RATE } from '../../audio/hint.ts';
import { RecentAudio } from './recent-audio.ts';
import type { Speech } from './speech.ts';
import { type FinderOptions, SpeechFinder } from './speech-finder.ts';

/** One window while it is heard, in this thread or in another. */
export interface HeardWindow {
  /** The speech found and not yet taken out, in order. */
  readonly speech: Speech[];
  /** All of its speech is there. */
  readonly isDone: boolean;
  /** So much of its sound was pushed and is not heard yet. */
  readonly unheardSamples: number;
  /** @param chunk is copied */
  push(chunk: Float32Array): void;
  /** Says that the window has no more sound. */
  end(): void;
  /** Resolves when there may be more speech; rejects if the window was lost. */
  changed(): Promise<void>;
  /** Frees what it holds, whether it is done or not. */
  close(): void;
}

/** It keeps what is pushed until it is told to hear it, so that its thread may first see to the windows of others. */
export class HeardHere implements HeardWindow {
  readonly speech: Speech[] = [];
  isDone = false;
  readonly #finder: SpeechFinder;
  /**
   * What waits lies in one block, which the system gets back when it is freed: what blocks of a second leave in the heap of
   * a thread stays there.
   */
  readonly #sound = new RecentAudio();
  #heard = 0;
  #isWhole = false;

  constructor(options: FinderOptions) {
    this.#finder = new SpeechFinder(options);
  }

  get unheardSamples(): number {
    return this.#sound.end - this.#heard;
  }

  push(chunk: Float32Array): void {
    this.#sound.push(chunk);
  }

  end(): void {
    this.#isWhole = true;
    if (this.unheardSamples === 0) this.#finish();
  }

  /** Hears the next second. Blocks the thread for about 2 ms. */
  hear(): void {
    const second = this.#sound.view(this.#heard, this.#heard + SAMPLE_RATE);
    this.#heard += second.length;
    if (second.length > 0) this.speech.push(...this.#finder.push(second));
    // A recording that is heard as it comes would otherwise hold all of its window, which is 8 MB. While something waits,
    // moving it to the front each time would cost more.
    if (this.unheardSamples > 0) return;
    this.#sound.forget(this.#heard);
    if (this.#isWhole) this.#finish();
  }

  async changed(): Promise<void> {}

  close(): void {
    this.#sound.free();
    this.#finder.close();
  }

  #finish(): void {
    if (this.isDone) return;
    this.speech.push(...this.#finder.end());
    this.isDone = true;
  }
}
