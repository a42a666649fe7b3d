import type { Speech } from './speech.ts';
import { type FinderOptions, SpeechFinder } from './speech-finder.ts';

/** One window while it is heard, in this thread or in another. */
export interface HeardWindow {
  /** The speech found and not yet taken out, in order. */
  readonly speech: Speech[];
  /** All of its speech is there. */
  readonly isDone: boolean;
  push(chunk: Float32Array<ArrayBuffer>): void;
  /** Says that the window has no more sound. */
  end(): void;
  /** Resolves when there may be more speech; rejects if the window was lost. */
  changed(): Promise<void>;
  /** Frees what it holds, whether it is done or not. */
  close(): void;
}

export class HeardHere implements HeardWindow {
  readonly speech: Speech[] = [];
  isDone = false;
  readonly #finder: SpeechFinder;

  constructor(options: FinderOptions) {
    this.#finder = new SpeechFinder(options);
  }

  push(chunk: Float32Array<ArrayBuffer>): void {
    this.speech.push(...this.#finder.push(chunk));
  }

  end(): void {
    this.speech.push(...this.#finder.end());
    this.isDone = true;
  }

  async changed(): Promise<void> {}

  close(): void {
    this.#finder.close();
  }
}
