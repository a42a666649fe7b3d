/** How long a recording whose try failed waits for the next one. Pure. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An outage is over in minutes or in hours; after a day it is no outage any more, and a person should look. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS];
/** Those who failed together do not come back together. */
const SPREAD = 0.2;

/** @returns milliseconds until the next try after `tries` failed ones before it; null when it has been tried enough */
export function nextTryInMs(tries: number, random: () => number = Math.random): number | null {
  const waitMs = WAITS_MS[tries];
  return waitMs === undefined ? null : Math.round(waitMs * (1 + SPREAD * (2 * random() - 1)));
}
