/**
 * Deletions that can still be undone. What is deleted is hidden at once and the request is sent after a few seconds, or when
 * the page is left. What is sent is final. Pure but for its timers, which are given.
 */

/** So long a toast offers to undo. */
export const UNDO_MS = 8_000;

interface Parts {
  /** Sends one; `leaving` asks for a request that outlives the page. */
  send(id: string, leaving: boolean): Promise<void>;
  /** Runs something later and returns what cancels it. */
  later(run: () => void, ms: number): () => void;
  onFailed(id: string, error: unknown): void;
}

export class Deletions {
  readonly #parts: Parts;
  readonly #waiting = new Map<string, () => void>();
  readonly #listeners = new Set<() => void>();
  #hidden: ReadonlySet<string> = new Set();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What is not to be shown: it waits to be deleted, or was. The set is another one after each change. */
  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }

  /** @returns what ends listening */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(id: string): void {
    if (this.#hidden.has(id)) return;
    this.#waiting.set(
      id,
      this.#parts.later(() => void this.#send(id, false), UNDO_MS),
    );
    this.#hide(id, true);
  }

  /** @returns whether it was in time */
  undo(id: string): boolean {
    const cancel = this.#waiting.get(id);
    if (!cancel) return false;
    cancel();
    this.#waiting.delete(id);
    this.#hide(id, false);
    return true;
  }

  /** Sends all that wait, as the page is being left. */
  leave(): void {
    for (const id of [...this.#waiting.keys()]) void this.#send(id, true);
  }

  /** Sends all that wait, and is done when they are answered. */
  async sendNow(): Promise<void> {
    await Promise.all([...this.#waiting.keys()].map((id) => this.#send(id, false)));
  }

  async #send(id: string, leaving: boolean): Promise<void> {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
    await this.#parts.send(id, leaving).catch((error: unknown) => {
      this.#hide(id, false);
      this.#parts.onFailed(id, error);
    });
  }

  #hide(id: string, isHidden: boolean): void {
    const hidden = new Set(this.#hidden);
    if (isHidden) hidden.add(id);
    else hidden.delete(id);
    this.#hidden = hidden;
    for (const listener of this.#listeners) listener();
  }
}
