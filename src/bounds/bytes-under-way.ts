/**
 * Counts the bytes of each person's uploads that this process is receiving, by the length that each announces. Only people
 * who are sending have an entry.
 */
import { BoundExceeded } from './bounds.ts';

/** Uploads end within seconds on a good network, and a phone that comes too early is told again. */
const COME_AGAIN_SECONDS = 10;

export class BytesUnderWay {
  readonly #most: number;
  readonly #ofPerson = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The only upload of a person is let in whatever its size, because it would never get smaller.
   * @returns a function that takes the bytes off again; calling it twice is harmless
   * @throws BoundExceeded `too_much_under_way`
   */
  enter(person: string, bytes: number): () => void {
    const before = this.#ofPerson.get(person) ?? 0;
    if (before > 0 && before + bytes > this.#most) {
      const told = {
        name: 'bytes-under-way',
        quota: this.#most,
        unit: 'content-bytes' as const,
        left: this.#most - before,
        moreInSeconds: COME_AGAIN_SECONDS,
      };
      const detail = `${before} bytes are being received, and ${this.#most} are the bound of one person.`;
      throw new BoundExceeded('too_much_under_way', told, detail);
    }
    // One byte at least, so that an upload of nothing is under way as well.
    const counted = Math.max(1, bytes);
    this.#ofPerson.set(person, before + counted);
    let isUnderWay = true;
    return () => {
      if (!isUnderWay) return;
      isUnderWay = false;
      const rest = (this.#ofPerson.get(person) ?? 0) - counted;
      if (rest > 0) this.#ofPerson.set(person, rest);
      else this.#ofPerson.delete(person);
    };
  }
}
