/** Calls `stalled` once nothing has stirred for that long although it was the thread's turn. */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #started = false;

  constructor(afterMs: number, isItsTurn: () => boolean, stalled: () => void) {
    this.#timer = setTimeout(() => {
      // A recording that waits for a thread, for bytes or for its consumer is not stalled: waiting is not failing.
      if (this.#started && isItsTurn()) stalled();
      else this.#timer.refresh();
    }, afterMs);
    this.#timer.unref();
  }

  stirred(): void {
    this.#started = true;
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
