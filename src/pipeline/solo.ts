/**
 * Runs work side by side, but a suspect only when nothing else runs, so that a crash then is the suspect's. Work that
 * comes while a suspect waits or runs waits as well, so that the suspect gets its turn.
 */

export interface Inside {
  /** Called when the suspect has made progress: other work may run beside it. */
  gotOn(): void;
  leave(): void;
}

interface Waiting {
  alone: boolean;
  enter: () => void;
  /** Called when the suspect has waited long enough: work that still runs stays beside it. */
  impatient: boolean;
}

/** Longer than most calls to a provider take. Work that takes longer must not stop the whole worker. */
const PATIENCE_MS = 30_000;

export class Solo {
  readonly #waiting = new Set<Waiting>();
  readonly #patienceMs: number;
  /** Called when a suspect begins to wait, so that work that can give up its place does. */
  readonly #makeRoom: () => void;
  #inside = 0;
  #isTaken = false;

  constructor({ makeRoom = () => {}, patienceMs = PATIENCE_MS } = {}) {
    this.#makeRoom = makeRoom;
    this.#patienceMs = patienceMs;
  }

  async enter(alone: boolean, signal: AbortSignal): Promise<Inside> {
    signal.throwIfAborted();
    const { promise, resolve: enter, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { alone, enter, impatient: false };
    const leave = () => {
      if (!this.#waiting.delete(waiting)) return;
      reject(signal.reason);
      this.#admit();
    };
    const hurry = () => {
      waiting.impatient = true;
      this.#admit();
    };
    const patience = alone ? setTimeout(hurry, this.#patienceMs) : undefined;
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.add(waiting);
    this.#admit();
    if (alone && this.#waiting.has(waiting)) this.#makeRoom();
    await promise.finally(() => {
      clearTimeout(patience);
      signal.removeEventListener('abort', leave);
    });
    return this.#admitted(alone);
  }

  #admitted(alone: boolean): Inside {
    let isAlone = alone;
    let isIn = true;
    const gotOn = () => {
      if (!isAlone) return;
      isAlone = false;
      this.#isTaken = false;
      this.#admit();
    };
    return {
      gotOn,
      leave: () => {
        if (!isIn) return;
        isIn = false;
        this.#inside--;
        gotOn();
        this.#admit();
      },
    };
  }

  /** Waiting work in the order of arrival. */
  #admit(): void {
    for (const waiting of this.#waiting) {
      if (this.#isTaken) return;
      if (waiting.alone && this.#inside > 0 && !waiting.impatient) return;
      this.#waiting.delete(waiting);
      this.#inside++;
      this.#isTaken = waiting.alone;
      waiting.enter();
    }
  }
}
