/**
 * Lets all in beside each other, and a suspect only when nothing else is in: what then dies with it has died of it.
 * Who comes while a suspect waits or is in waits as well, so that it is not kept out for ever.
 */

export interface Inside {
  /** It has got on: others may come in beside it. */
  gotOn(): void;
  leave(): void;
}

interface Waiting {
  alone: boolean;
  enter: () => void;
  /** It has waited for the others long enough: what is still in stays beside it. */
  impatient: boolean;
}

/** Longer than a call to a provider mostly takes; what takes longer is not to stop the whole worker. */
const PATIENCE_MS = 30_000;

export class Solo {
  readonly #waiting = new Set<Waiting>();
  readonly #patienceMs: number;
  /** Called when a suspect begins to wait: whatever can give way should. */
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

  /** In the order in which they came. */
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
