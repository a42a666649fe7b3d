interface Waiting {
  of: string;
  dueAtMs: number;
  enter: () => void;
  reject: (reason: unknown) => void;
}

/**
 * One refusal alone may be chance, and would wait as long as another call lasts where half a second is enough: of uploads of 3
 * calls, of which one in twenty is refused, one in ten took 1.5 times as long.
 */
const SURE_TROUBLES = 2;
/** An answer takes back half a trouble, so trouble adds up only where it meets more than a third of the calls. */
const FORGIVEN = 0.5;
/** A call that is late has cost all of its deadline, so more at once are tried only after eight rounds of answers. */
const STEP_AFTER_LATE = 1 / 8;

/**
 * A queue of calls lets as many in at once as it is told, and no faster than it is told. The next is a call whose `of` has
 * the fewest in, of those the one that is due first, and of those the one that came first: an hour-long recording with all
 * its pieces does not keep others out, and alone it has everything.
 */
export class Queue {
  readonly #most: number;
  /**
   * How many at once are neither refused nor late, as far as is known: a provider that takes two refuses six of eight, and what is
   * asked again before one of the two has ended is refused again. As in TCP it grows by one with each round of answers.
   */
  #unrefused: number;
  /** By how much it grows with a round of answers. */
  #step = 1;
  #troubles = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  readonly #waiting = new Set<Waiting>();
  readonly #heldBy = new Map<string, number>();
  #held = 0;
  #granted = 0;
  #allowed = 0;
  #until = 0;
  #apartMs = 0;
  #nextAt = 0;
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(most: number) {
    this.#most = most;
    this.#unrefused = most;
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Says whether calls wait while all that was granted is in use. */
  get isFull(): boolean {
    return this.#waiting.size > 0 && this.#held >= this.#granted;
  }

  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /** Resolves once it is let in, and rejects with the signal's reason. */
  async wait(signal: AbortSignal, of: string, dueAtMs = 0): Promise<void> {
    const { promise, resolve: enter, reject } = Promise.withResolvers<void>();
    const waiting = { of, dueAtMs, enter, reject };
    const leave = () => {
      if (this.#waiting.delete(waiting)) reject(signal.reason);
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', leave, { once: true });
    this.#admit();
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** One of those that are in was refused, and has not left yet. */
  refused(): void {
    this.#step = 1;
    this.#troubled();
  }

  /**
   * One of those that are in was not answered in time, and has not left yet. If nobody else was answered meanwhile, the provider is
   * away, and would not answer fewer either.
   */
  late(tookMs: number): void {
    if (this.#answeredAt < performance.now() - tookMs) return;
    this.#step = STEP_AFTER_LATE;
    this.#troubled();
  }

  answered(): void {
    this.#answeredAt = performance.now();
    this.#troubles = Math.max(0, this.#troubles - FORGIVEN);
    this.#unrefused = Math.min(this.#most, this.#unrefused + this.#step / this.#unrefused);
  }

  #troubled(): void {
    this.#troubles = Math.min(SURE_TROUBLES, this.#troubles + 1);
    if (this.#troubles < SURE_TROUBLES) return;
    this.#unrefused = Math.max(1, Math.min(this.#unrefused, this.#held - 1));
  }

  release(of: string): void {
    this.#held--;
    const left = (this.#heldBy.get(of) ?? 0) - 1;
    if (left > 0) this.#heldBy.set(of, left);
    else this.#heldBy.delete(of);
    this.#admit();
  }

  /**
   * @param apartMs between one entry and the next
   * @param until by `performance.now()`: whoever was frozen looks at the clock before it does anything else
   */
  allow(atOnce: number, apartMs: number, until: number): void {
    this.#granted = atOnce;
    this.#allowed = atOnce;
    this.#until = until;
    // What was to wait for a slow rate need not wait any longer at a faster one.
    this.#nextAt = Math.min(this.#nextAt, performance.now() + apartMs);
    this.#apartMs = apartMs;
    this.#admit();
  }

  close(): void {
    this.#granted = 0;
    this.#allowed = 0;
  }

  /** Lets no more in than there are now. @returns how many that is */
  freeze(): number {
    this.#allowed = Math.min(this.#allowed, this.#held);
    return this.#held;
  }

  pauseUntil(at: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, at);
  }

  rejectAll(reason: unknown): void {
    for (const { reject } of this.#waiting) reject(reason);
    this.#waiting.clear();
  }

  get #hasRoom(): boolean {
    const atOnce = Math.min(this.#allowed, Math.floor(this.#unrefused));
    return this.#held < atOnce && performance.now() < this.#until;
  }

  get #mustWaitMs(): number {
    return Math.max(this.#nextAt, this.#pausedUntil) - performance.now();
  }

  #letIn(of: string): void {
    this.#held++;
    this.#heldBy.set(of, (this.#heldBy.get(of) ?? 0) + 1);
    this.#nextAt = performance.now() + this.#apartMs;
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      const held = this.#heldBy.get(waiting.of) ?? 0;
      if (!next || held < fewest || (held === fewest && waiting.dueAtMs < next.dueAtMs))
        [next, fewest] = [waiting, held];
    }
    return next;
  }

  #admit(): void {
    while (this.#hasRoom) {
      const next = this.#next();
      if (!next) return;
      const waitMs = this.#mustWaitMs;
      if (waitMs > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#admit(), Math.ceil(waitMs));
        return;
      }
      this.#waiting.delete(next);
      this.#letIn(next.of);
      next.enter();
    }
  }
}
