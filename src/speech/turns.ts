/**
 * Lets a fixed number of holders in at a time, the others in the order they came. Waiting here, rather than inside
 * the thread pool, is what lets a deadline count from the moment the work starts.
 */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Resolves with the function that ends the turn; rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
    } else {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const leave = () => {
        this.#waiting.delete(resolve);
        reject(signal.reason);
      };
      this.#waiting.add(resolve);
      signal.addEventListener('abort', leave, { once: true });
      await promise.finally(() => signal.removeEventListener('abort', leave));
      // Given up in the very moment the turn was given.
      if (signal.aborted) {
        this.#end();
        throw signal.reason;
      }
    }
    return () => this.#end();
  }

  #end(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
