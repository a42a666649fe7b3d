/** Lets as many holders in at once as it is told, no faster than it is told, the others in the order they came. */
export class Queue {
  readonly #most: number;
  readonly #waiting = new Map<() => void, (reason: unknown) => void>();
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
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Somebody waits although all that was granted is in use. */
  get isFull(): boolean {
    return this.#waiting.size > 0 && this.#held >= this.#granted;
  }

  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /** Resolves once it is let in, and rejects with the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      if (this.#waiting.delete(resolve)) reject(signal.reason);
    };
    this.#waiting.set(resolve, reject);
    signal.addEventListener('abort', leave, { once: true });
    this.#admit();
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** Lets in who would not wait for a moment, and behind nobody. @returns whether it is in */
  enter(): boolean {
    if (this.#waiting.size > 0 || !this.#hasRoom || this.#mustWaitMs > 0) return false;
    this.#letIn();
    return true;
  }

  release(): void {
    this.#held--;
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

  /** From now on no more than there are. @returns how many that is */
  freeze(): number {
    this.#allowed = Math.min(this.#allowed, this.#held);
    return this.#held;
  }

  pauseUntil(at: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, at);
  }

  rejectAll(reason: unknown): void {
    for (const reject of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  get #hasRoom(): boolean {
    return this.#held < Math.min(this.#allowed, this.#most) && performance.now() < this.#until;
  }

  get #mustWaitMs(): number {
    return Math.max(this.#nextAt, this.#pausedUntil) - performance.now();
  }

  #letIn(): void {
    this.#held++;
    this.#nextAt = performance.now() + this.#apartMs;
  }

  #admit(): void {
    while (this.#hasRoom) {
      const [next] = this.#waiting.keys();
      if (!next) return;
      const waitMs = this.#mustWaitMs;
      if (waitMs > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#admit(), Math.ceil(waitMs));
        return;
      }
      this.#waiting.delete(next);
      this.#letIn();
      next();
    }
  }
}
