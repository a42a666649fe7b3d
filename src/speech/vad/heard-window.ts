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
  push(chunk: Float32Array<ArrayBuffer>): void;
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
  unheardSamples = 0;
  readonly #finder: SpeechFinder;
  readonly #waiting: Float32Array[] = [];
  #isWhole = false;

  constructor(options: FinderOptions) {
    this.#finder = new SpeechFinder(options);
  }

  push(chunk: Float32Array<ArrayBuffer>): void {
    this.#waiting.push(chunk);
    this.unheardSamples += chunk.length;
  }

  end(): void {
    this.#isWhole = true;
    if (this.#waiting.length === 0) this.#finish();
  }

  /** Hears the next chunk. Blocks the thread for about 2 ms per second of sound. */
  hear(): void {
    const chunk = this.#waiting.shift();
    if (chunk) {
      this.unheardSamples -= chunk.length;
      this.speech.push(...this.#finder.push(chunk));
    }
    if (this.#isWhole && this.#waiting.length === 0) this.#finish();
  }

  async changed(): Promise<void> {}

  close(): void {
    this.#finder.close();
  }

  #finish(): void {
    if (this.isDone) return;
    this.speech.push(...this.#finder.end());
    this.isDone = true;
  }
}
