/**
 * Decides how many bytes one request carries. What a request has sent and the server has not answered is sent again after a
 * break: on a good link that is little whatever the size, on a bad one nearly all of it. So a request carries a fixed share of
 * what has arrived since the last break. With {@link AT_ONCE} requests and a 64th each, a break costs a twentieth at most, and
 * half of that on average.
 */
export const AT_ONCE = 3;
const SHARE = 64;
const MOST_BYTES = 4 * 1024 * 1024;
/** Smaller ones cost more in answers than they save. */
const LEAST_BYTES = 128 * 1024;
/** Nothing is known of a link at first: a request of 2 MB. */
const AT_FIRST_BYTES = SHARE * 2 * 1024 * 1024;

export class AtRisk {
  #sinceBreakBytes = AT_FIRST_BYTES;

  get bytes(): number {
    return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(this.#sinceBreakBytes / SHARE)));
  }

  broke(): void {
    this.#sinceBreakBytes = 0;
  }

  arrived(bytes: number): void {
    this.#sinceBreakBytes += bytes;
  }
}
