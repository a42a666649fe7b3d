import { AfterwordError } from '../errors.ts';

/** Each takes some hundred kilobytes, and a part of a thread while it is sent. */
const MOST_LISTENERS = 1_000;
/** A person has some devices, and a browser asks for several parts at once. */
const MOST_OF_PERSON = 100;

/** Counts the answers that are being sent with sound. */
export class Listeners {
  readonly #ofPerson = new Map<string, number>();
  #all = 0;

  /** @throws AfterwordError `too_many_streams` */
  enter(userId: string): () => void {
    const own = this.#ofPerson.get(userId) ?? 0;
    if (this.#all >= MOST_LISTENERS || own >= MOST_OF_PERSON)
      throw new AfterwordError('too_many_streams', 'Too many answers with sound are being sent.');
    this.#all += 1;
    this.#ofPerson.set(userId, own + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#all -= 1;
      const left = (this.#ofPerson.get(userId) ?? 1) - 1;
      if (left > 0) this.#ofPerson.set(userId, left);
      else this.#ofPerson.delete(userId);
    };
  }
}
