/**
 * A semaphore gives out a fixed number of permits. Of those who wait, whoever is due first gets the next one, and of equals
 * who came first. Waiting here, rather than inside the thread pool, is what lets a deadline count from the moment the work
 * starts.
 */
export class Semaphore {
  #free: number;
  readonly #waiting = new Map<() => void, number>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Resolves with the function that gives the permit back; rejects with the signal's reason.
   *
   * @param dueAtMs by the fairness clock of the person whose work it is (`intake/fair-queue.ts`)
   */
  async take(signal: AbortSignal, dueAtMs = 0): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
    } else {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const leave = () => {
        this.#waiting.delete(resolve);
        reject(signal.reason);
      };
      this.#waiting.set(resolve, dueAtMs);
      signal.addEventListener('abort', leave, { once: true });
      await promise.finally(() => signal.removeEventListener('abort', leave));
      // Given up in the very moment the permit was given.
      if (signal.aborted) {
        this.#end();
        throw signal.reason;
      }
    }
    return () => this.#end();
  }

  #end(): void {
    const next = this.#next();
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  #next(): (() => void) | undefined {
    let next: (() => void) | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [enter, dueAtMs] of this.#waiting) {
      if (dueAtMs < earliest) [next, earliest] = [enter, dueAtMs];
    }
    return next;
  }
}
