import { AfterwordError } from '../errors.ts';

export interface SlotBounds {
  /** Number of requests inside at once. */
  most: number;
  /** Number of requests of one person inside at once, so that nobody keeps all others out. */
  mostOfOne: number;
  /** A request that has waited this long is refused. */
  waitMs: number;
  /** A request that would make the queue longer than this is refused at once. */
  mostWaiting: number;
}

interface Waiting {
  person: string;
  enter: () => void;
}

/** Limits the number of running requests. The others wait in order of arrival, and each costs one entry of a list. */
export class Slots {
  readonly #bounds: SlotBounds;
  readonly #inside = new Map<string, number>();
  readonly #queue: Waiting[] = [];
  #count = 0;

  constructor(bounds: SlotBounds) {
    this.#bounds = bounds;
  }

  /**
   * @param signal ends the waiting; a request for which there is room is admitted even after it
   * @returns a function that gives the slot back; calling it twice is harmless
   * @throws AfterwordError `busy`
   */
  async enter(person: string, signal?: AbortSignal): Promise<() => void> {
    // Waiting requests go first, except those of a person who has all their slots.
    if (this.#hasRoomFor(person) && !this.#queue.some((other) => this.#hasRoomFor(other.person)))
      return this.#take(person);
    if (signal?.aborted || this.#queue.length >= this.#bounds.mostWaiting) throw new AfterwordError('busy');
    const turn = Promise.withResolvers<() => void>();
    const waiting = { person, enter: () => turn.resolve(this.#take(person)) };
    // Not by `providers/deadline.ts`: a slot that is given as the time ends must reach its taker, or it is lost for good.
    const giveUp = () => {
      const place = this.#queue.indexOf(waiting);
      if (place < 0) return;
      this.#queue.splice(place, 1);
      turn.reject(new AfterwordError('busy'));
    };
    this.#queue.push(waiting);
    const late = setTimeout(giveUp, this.#bounds.waitMs);
    signal?.addEventListener('abort', giveUp);
    try {
      return await turn.promise;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  #hasRoomFor(person: string): boolean {
    return this.#count < this.#bounds.most && (this.#inside.get(person) ?? 0) < this.#bounds.mostOfOne;
  }

  #take(person: string): () => void {
    this.#count++;
    this.#inside.set(person, (this.#inside.get(person) ?? 0) + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#count--;
      const rest = (this.#inside.get(person) ?? 0) - 1;
      if (rest > 0) this.#inside.set(person, rest);
      else this.#inside.delete(person);
      this.#admitNext();
    };
  }

  #admitNext(): void {
    if (this.#count >= this.#bounds.most) return;
    const place = this.#queue.findIndex(({ person }) => this.#hasRoomFor(person));
    if (place < 0) return;
    const [next] = this.#queue.splice(place, 1);
    next?.enter();
  }
}
