/** A clock that jumps from one event to the next, and places that are taken in turn: what a discrete-event model needs. */

interface Event {
  atMs: number;
  /** Equal times keep the order in which they were planned. */
  order: number;
  run: () => void;
}

export class Simulation {
  nowMs = 0;
  readonly #heap: Event[] = [];
  #order = 0;

  at(atMs: number, run: () => void): void {
    this.#heap.push({ atMs: Math.max(atMs, this.nowMs), order: this.#order++, run });
    this.#rise(this.#heap.length - 1);
  }

  after(ms: number, run: () => void): void {
    this.at(this.nowMs + ms, run);
  }

  /** Runs until nothing is planned any more. */
  run(): void {
    for (let event = this.#take(); event; event = this.#take()) {
      this.nowMs = event.atMs;
      event.run();
    }
  }

  #take(): Event | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(index: number): void {
    for (let at = index; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const below = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(below, at)) return;
      this.#swap(at, below);
      at = below;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#heap[one];
    const b = this.#heap[other];
    return a !== undefined && b !== undefined && (a.atMs - b.atMs || a.order - b.order) < 0;
  }

  #swap(one: number, other: number): void {
    const a = this.#heap[one];
    const b = this.#heap[other];
    if (!a || !b) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}

/** So many at once; the others wait in the order in which they came. */
export class Station {
  readonly #simulation: Simulation;
  readonly #places: number;
  #queue: { run: () => void }[] = [];
  #head = 0;
  #busy = 0;
  mostBusy = 0;
  /** Milliseconds that places were taken, summed over all places. */
  busyMs = 0;

  constructor(simulation: Simulation, places: number) {
    this.#simulation = simulation;
    this.#places = places;
  }

  /** Takes a place as soon as there is one, holds it for so long, and goes on then. */
  hold(ms: number, then: () => void): void {
    this.enter((leave) => {
      this.busyMs += ms;
      this.#simulation.after(ms, () => {
        leave();
        then();
      });
    });
  }

  enter(run: (leave: () => void) => void): void {
    const start = () => {
      this.#busy++;
      this.mostBusy = Math.max(this.mostBusy, this.#busy);
      run(() => {
        this.#busy--;
        this.#next();
      });
    };
    if (this.#busy < this.#places) start();
    else this.#queue.push({ run: start });
  }

  #next(): void {
    const waiting = this.#queue[this.#head];
    if (!waiting) return;
    this.#head++;
    // The places that were left are given back in large steps, so that a long queue costs no more than a short one.
    if (this.#head > 10_000) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    waiting.run();
  }
}
