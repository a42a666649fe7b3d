import { AfterwordError } from '../errors.ts';

export interface SlotBounds {
  /** Number of requests inside at once. */
  most: number;
  /** Number of requests of one person inside at once, so that nobody keeps all others out. */
  mostOfOne: number;
  /**
   * Whoever was inside within this time counts among those who share the slots: each has an equal part of them and one at
   * least. Without it all have `mostOfOne`.
   */
  sharedForMs?: number;
  /** A request that has waited this long is refused. */
  waitMs: number;
  /** If more than this wait, the last request of whoever has most of them waiting is refused. */
  mostWaiting: number;
}

interface Waiting {
  person: string;
  enter: () => void;
  giveUp: () => void;
}

/** Of the slots, so many are kept for people who have none, so that whoever comes now and then need not wait at all. */
const KEPT_FREE = 1 / 5;

/** The waiting requests of one person, in order of arrival and never empty. */
interface Line {
  waiting: Waiting[];
  /** Which of all turns their last one was; 0 before the first. */
  lastTurn: number;
}

/**
 * Limits the number of running requests. A free slot goes to the person who has the fewest, and among those to whoever
 * has waited longest for a turn: in one line for all, the requests of somebody who sends a thousand at once would all come
 * before the only one of somebody else. Each waiting request costs one entry of a list.
 */
export class Slots {
  readonly #bounds: SlotBounds;
  readonly #inside = new Map<string, number>();
  readonly #lines = new Map<string, Line>();
  /** Those who share, and when they last came in; the one who came longest ago is the first. */
  readonly #sharing = new Map<string, number>();
  #count = 0;
  #waiting = 0;
  #turns = 0;

  constructor(bounds: SlotBounds) {
    this.#bounds = bounds;
  }

  /**
   * @param signal ends the waiting; a request for which there is room is admitted even after it
   * @returns a function that gives the slot back; calling it twice is harmless
   * @throws AfterwordError `busy`
   */
  async enter(person: string, signal?: AbortSignal): Promise<() => void> {
    // Fewer may share now than when those came who wait.
    this.#admitAll();
    // Whoever waits while a slot is free has all their slots, so nobody is overtaken.
    if (this.#hasRoomFor(person)) return this.#take(person);
    if (signal?.aborted) throw new AfterwordError('busy');
    this.#makeRoomToWait(person);
    const turn = Promise.withResolvers<() => void>();
    const waiting: Waiting = {
      person,
      enter: () => turn.resolve(this.#take(person)),
      // Not by `providers/deadline.ts`: a slot that is given as the time ends must reach its taker, or it is lost for good.
      giveUp: () => {
        if (this.#leaveLine(waiting)) turn.reject(new AfterwordError('busy'));
      },
    };
    const line = this.#lines.get(person);
    if (line) line.waiting.push(waiting);
    else this.#lines.set(person, { waiting: [waiting], lastTurn: 0 });
    this.#waiting++;
    const late = setTimeout(waiting.giveUp, this.#bounds.waitMs);
    signal?.addEventListener('abort', waiting.giveUp);
    try {
      return await turn.promise;
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', waiting.giveUp);
    }
  }

  #insideOf(person: string): number {
    return this.#inside.get(person) ?? 0;
  }

  #hasRoomFor(person: string): boolean {
    const { most } = this.#bounds;
    const inside = this.#insideOf(person);
    return (
      inside < this.#mostOfOne() && this.#count < (inside > 0 ? most - Math.floor(most * KEPT_FREE) : most)
    );
  }

  #mostOfOne(): number {
    const { most, mostOfOne, sharedForMs } = this.#bounds;
    if (sharedForMs === undefined) return mostOfOne;
    const sinceMs = performance.now() - sharedForMs;
    for (const [person, cameAtMs] of this.#sharing) {
      if (cameAtMs >= sinceMs) break;
      this.#sharing.delete(person);
    }
    return Math.max(1, Math.min(mostOfOne, Math.floor(most / Math.max(1, this.#sharing.size))));
  }

  /** @throws AfterwordError `busy` if nobody has more requests waiting than this person would have */
  #makeRoomToWait(person: string): void {
    if (this.#waiting < this.#bounds.mostWaiting) return;
    const own = (this.#lines.get(person)?.waiting.length ?? 0) + 1;
    let longest: Waiting[] = [];
    for (const { waiting } of this.#lines.values()) if (waiting.length > longest.length) longest = waiting;
    if (longest.length <= own) throw new AfterwordError('busy');
    longest.at(-1)?.giveUp();
  }

  #take(person: string): () => void {
    this.#count++;
    this.#inside.set(person, this.#insideOf(person) + 1);
    if (this.#bounds.sharedForMs !== undefined) {
      this.#sharing.delete(person);
      this.#sharing.set(person, performance.now());
    }
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#count--;
      const rest = this.#insideOf(person) - 1;
      if (rest > 0) this.#inside.set(person, rest);
      else this.#inside.delete(person);
      this.#admitAll();
    };
  }

  #admitAll(): void {
    while (this.#admitNext()) {
      // There may be room for more.
    }
  }

  /** @returns whether somebody who waited was let in */
  #admitNext(): boolean {
    let next: Line | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [person, line] of this.#lines) {
      const inside = this.#insideOf(person);
      if (!this.#hasRoomFor(person) || inside > fewest) continue;
      if (next && inside === fewest && line.lastTurn >= next.lastTurn) continue;
      next = line;
      fewest = inside;
    }
    const [first] = next?.waiting ?? [];
    if (!next || !first) return false;
    next.lastTurn = ++this.#turns;
    this.#leaveLine(first);
    first.enter();
    return true;
  }

  /** @returns false if it does not wait any more */
  #leaveLine(leaving: Waiting): boolean {
    const waiting = this.#lines.get(leaving.person)?.waiting ?? [];
    const place = waiting.indexOf(leaving);
    if (place < 0) return false;
    waiting.splice(place, 1);
    if (waiting.length === 0) this.#lines.delete(leaving.person);
    this.#waiting--;
    return true;
  }
}
