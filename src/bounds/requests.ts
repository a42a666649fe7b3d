/**
 * Counts the requests of each person in this process: a bucket that holds a second's worth and fills evenly. Of several
 * api processes each counts for itself, so a person gets at most as many times the bound as there are processes.
 */
import { BoundExceeded, type ToldBound } from './bounds.ts';
import { Recent } from './recent.ts';

const MINUTE_MS = 60_000;
/**
 * So much of a minute may come at once. Others notice it until it is stored: of ten seconds' worth from two people for a
 * quarter of a minute, of three seconds' worth for ten seconds.
 */
const AT_ONCE = 1 / 60;
/** A page loads a dozen things, so so many may come at once under a small bound too, up to a sixth of it. */
const FEW_AT_ONCE = 20;
const AT_ONCE_OF_FEW = 1 / 6;
/** A bucket takes about 100 bytes: 1 MB. A person who is forgotten among so many others begins with a full one. */
const MOST_PEOPLE = 10_000;

export function mostAtOnce(perMinute: number): number {
  return Math.max(1, perMinute * AT_ONCE, Math.min(FEW_AT_ONCE, perMinute * AT_ONCE_OF_FEW));
}

interface Bucket {
  left: number;
  atMs: number;
}

export class Requests {
  readonly #perMinute: number;
  readonly #most: number;
  readonly #now: () => number;
  readonly #buckets: Recent<Bucket>;
  readonly #of: 'person' | 'address';

  /** @param now monotonic: a clock that is set back must not keep anybody out */
  constructor(
    perMinute: number,
    now: () => number = () => performance.now(),
    mostPeople = MOST_PEOPLE,
    of: 'person' | 'address' = 'person',
    atOnce = mostAtOnce(perMinute),
  ) {
    this.#of = of;
    this.#perMinute = perMinute;
    this.#most = atOnce;
    this.#now = now;
    this.#buckets = new Recent(mostPeople);
  }

  /**
   * Takes one request out of the bucket. A refused one takes nothing, so that asking too often does not lengthen the wait.
   * @throws BoundExceeded `too_many_requests`
   */
  take(person: string): ToldBound {
    const nowMs = this.#now();
    const perMs = this.#perMinute / MINUTE_MS;
    const bucket = this.#buckets.get(person) ?? { left: this.#most, atMs: nowMs };
    const left = Math.min(this.#most, bucket.left + (nowMs - bucket.atMs) * perMs);
    const isAllowed = left >= 1;
    const rest = isAllowed ? left - 1 : left;
    this.#buckets.set(person, { left: rest, atMs: nowMs });
    const missing = Math.max(0, 1 - rest);
    const told: ToldBound = {
      name: 'requests',
      quota: this.#perMinute,
      windowSeconds: MINUTE_MS / 1000,
      left: rest,
      moreInSeconds: Math.max(1, Math.ceil(missing / perMs / 1000)),
    };
    if (isAllowed) return told;
    const detail = `${this.#perMinute} requests in a minute are the bound of one ${this.#of}.`;
    throw new BoundExceeded('too_many_requests', told, detail);
  }

  /** How long until the next request of this person is let in; 0: at once. */
  waitMsOf(person: string): number {
    const bucket = this.#buckets.get(person);
    if (!bucket) return 0;
    return Math.max(0, bucket.atMs + ((1 - bucket.left) * MINUTE_MS) / this.#perMinute - this.#now());
  }

  get people(): number {
    return this.#buckets.size;
  }
}
