/** How long a recording or a conversation whose try failed waits for the next one. Pure. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A restart is over in seconds, an outage in hours; after a day it is neither, and a person should look. */
const WAITS_MS = [
  10 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];
/** Those who failed together do not come back together. */
const SPREAD = 0.2;

/** @returns milliseconds until the next try after `tries` failed ones before it; null when it has been tried enough */
export function nextTryInMs(tries: number, random: () => number = Math.random): number | null {
  const waitMs = WAITS_MS[tries];
  return waitMs === undefined ? null : Math.round(waitMs * (1 + SPREAD * (2 * random() - 1)));
}
