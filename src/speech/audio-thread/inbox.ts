/** A queue between a callback that puts and one consumer that waits. Bounded by what the other side may send. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #failure: { error: unknown } | null = null;
  #waiting: PromiseWithResolvers<T> | null = null;

  put(item: T): void {
    if (this.#waiting) this.#waiting.resolve(item);
    else this.#items.push(item);
    this.#waiting = null;
  }

  /** Ends it: what was put before can still be taken, then every take is rejected. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#waiting?.reject(this.#failure.error);
    this.#waiting = null;
  }

  async take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#failure) throw this.#failure.error;
    this.#waiting = Promise.withResolvers<T>();
    return this.#waiting.promise;
  }
}
