/**
 * Remembers something under each of the keys that were last set, such as people who were last heard of. What was set longest
 * ago is forgotten first, so that the memory is bounded however many keys there are.
 */
export class Recent<T> {
  readonly #most: number;
  readonly #known = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  set(key: string, what: T): void {
    this.#known.delete(key);
    this.#known.set(key, what);
    if (this.#known.size <= this.#most) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
