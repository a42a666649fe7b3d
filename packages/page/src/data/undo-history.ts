/** What a person has changed, so that the last change is the first to be taken back, whatever it was and wherever. Pure. */

export interface Change {
  /** What it was, as the person was told. */
  told: string;
  undo: () => Promise<unknown>;
}

/** More steps than anybody goes back; what is older is forgotten. */
const MOST_KEPT = 50;

export class UndoHistory {
  readonly #changes: Change[] = [];

  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > MOST_KEPT) this.#changes.shift();
  }

  /** For a change that was not made, or that is final. @returns whether it was there */
  forget(change: Change): boolean {
    const at = this.#changes.lastIndexOf(change);
    if (at >= 0) this.#changes.splice(at, 1);
    return at >= 0;
  }

  /** @returns the newest change, which is no part of the history any more */
  take(): Change | undefined {
    return this.#changes.pop();
  }
}
