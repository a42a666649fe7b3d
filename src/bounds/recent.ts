/**
 * Remembers something for each of the people who were last heard of. Whoever has not been heard of for longest is
 * forgotten first, so that the memory is bounded however many people there are.
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

  get(person: string): T | undefined {
    return this.#known.get(person);
  }

  forget(person: string): void {
    this.#known.delete(person);
  }

  set(person: string, what: T): void {
    this.#known.delete(person);
    this.#known.set(person, what);
    if (this.#known.size <= this.#most) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
