/**
 * How long one try at a recording may take, and how long a recording or a conversation whose try failed waits for the
 * next. Pure.
 */
import { ERRORS, type ErrorCode } from '../errors.ts';

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

/** The slowest machine that makes sense hears as fast as people speak; it may be hearing something else as well. */
const TRY_PER_LENGTH = 2;

/** @returns milliseconds after which a try at a recording of this length gives its place to others */
export function tryWithinMs(graceMs: number, lengthMs: number): number {
  return graceMs + TRY_PER_LENGTH * lengthMs;
}

export interface TryFailure {
  code: ErrorCode;
  reason: string;
  /** The provider is not to be asked before. */
  retryAfterMs?: number | undefined;
}

/** What a race has refused passes when it is tried once more; a mistake in the program does not. */
const MOST_TRIES_WITH_DEFECT = 2;

/** @returns milliseconds until the next try after this failure; null when it cannot heal, or has been tried enough */
export function nextTryAfter(
  { code, retryAfterMs = 0 }: Pick<TryFailure, 'code' | 'retryAfterMs'>,
  tries: number,
  random: () => number = Math.random,
): number | null {
  if (code === 'defect' && tries + 1 >= MOST_TRIES_WITH_DEFECT) return null;
  const patienceMs = ERRORS[code].retryable ? nextTryInMs(tries, random) : null;
  return patienceMs === null ? null : Math.max(patienceMs, retryAfterMs);
}

/**
 * Whether trying again within seconds is worth the place in a worker: not where only a person can mend it, not where
 * somebody asked to be left alone, and not when the time that one try may take is over. What is a bug of ours comes
 * again with the same input, and each time the provider is paid before it does.
 */
export function passesSoon({ code, retryAfterMs }: Pick<TryFailure, 'code' | 'retryAfterMs'>): boolean {
  const isLasting = code === 'configuration' || code === 'overdue' || isMistake(code);
  return ERRORS[code].retryable && !isLasting && retryAfterMs === undefined;
}

/** Whether the program, and not the world, is to blame. */
export function isMistake(code: ErrorCode): boolean {
  return code === 'internal' || code === 'defect';
}
