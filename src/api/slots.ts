import { AfterwordError } from '../errors.ts';

export interface SlotBounds {
  /** Inside at once. */
  most: number;
  /** Inside at once of one person, so that nobody keeps all the others out. */
  mostOfOne: number;
  /** Whoever has waited for so long is sent away. */
  waitMs: number;
  /** Whoever would be one more in the queue is sent away at once. */
  mostWaiting: number;
}

interface Waiting {
  person: string;
  enter: () => void;
}

/** Bounds what is under way at once. The others wait in the order in which they came, and each costs one entry of a list. */
export class Slots {
  readonly #bounds: SlotBounds;
  readonly #inside = new Map<string, number>();
  readonly #queue: Waiting[] = [];
  #count = 0;

  constructor(bounds: SlotBounds) {
    this.#bounds = bounds;
  }

  /**
   * @param signal ends the waiting; what has room is let in also after it
   * @returns gives the slot back; doing so twice is fine
   * @throws AfterwordError `busy`
   */
  async enter(person: string, signal?: AbortSignal): Promise<() => void> {
    // Whoever waits already goes first, but for a person who has their share.
    if (this.#hasRoomFor(person) && !this.#queue.some((other) => this.#hasRoomFor(other.person)))
      return this.#take(person);
    if (signal?.aborted || this.#queue.length >= this.#bounds.mostWaiting) throw new AfterwordError('busy');
    const turn = Promise.withResolvers<() => void>();
    const waiting = { person, enter: () => turn.resolve(this.#take(person)) };
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
