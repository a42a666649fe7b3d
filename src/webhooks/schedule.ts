/** Says when a delivery is tried again, when it is given up, and when an endpoint is disabled. No I/O. */
import { jittered } from '../jitter.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The first attempt is made at once; these are the waits before the others. Together 27 h 35 min. */
export const WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
];
/** Deliveries that failed together do not come back together. */
const SPREAD = 0.1;
/** A receiver that names a time in a year would keep the delivery for a year. */
const LONGEST_PAUSE_MS = DAY_MS;
/** In order, the later ones wait for it no longer than this. */
export const ORDERED_FOR_MS = DAY_MS;
/** An endpoint at which every attempt fails for so long is disabled. */
const DISABLED_AFTER_MS = 5 * DAY_MS;
/** Two failures that lie further apart are two stories: nothing was tried in between. */
const LONGEST_SILENCE_MS = 2 * DAY_MS;

interface FailedDelivery {
  /** Attempts that failed, this one included. */
  tries: number;
  firstTryAtMs: number;
  nowMs: number;
  ordered: boolean;
  retryAfterMs?: number | undefined;
}

/** `skip`: it holds others up for too long. `give-up`: every attempt of the schedule has failed. */
export type AfterFailure = { again: number } | 'skip' | 'give-up';

export function afterFailure(
  { tries, firstTryAtMs, nowMs, ordered, retryAfterMs }: FailedDelivery,
  random: () => number = Math.random,
): AfterFailure {
  const waitMs = WAITS_MS[tries - 1];
  const leftMs = firstTryAtMs + ORDERED_FOR_MS - nowMs;
  if (ordered && leftMs <= 0) return 'skip';
  if (waitMs === undefined) return ordered ? 'skip' : 'give-up';
  const wishedMs = Math.max(Math.round(jittered(waitMs, SPREAD, random)), pauseMs(retryAfterMs));
  // In order the last attempt is made when the others have waited long enough.
  return { again: ordered ? Math.min(wishedMs, leftMs) : wishedMs };
}

/** How long an endpoint is left alone that asked for it. */
export function pauseMs(retryAfterMs: number | undefined): number {
  return Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS);
}

interface Failing {
  failingSinceMs: number | null;
  lastFailedAtMs: number | null;
}

/** The state of an endpoint after an attempt has failed at it. */
export function stillFailing(
  { failingSinceMs, lastFailedAtMs }: Failing,
  nowMs: number,
): { sinceMs: number; isOver: boolean } {
  const goesOn =
    failingSinceMs !== null && lastFailedAtMs !== null && nowMs - lastFailedAtMs <= LONGEST_SILENCE_MS;
  const sinceMs = goesOn ? failingSinceMs : nowMs;
  return { sinceMs, isOver: nowMs - sinceMs >= DISABLED_AFTER_MS };
}
