/**
 * Says how long one attempt at a recording may take, whether it goes on after a piece that failed, and how long a
 * recording or a conversation waits after a failed attempt. No I/O.
 */
import { ERRORS, type ErrorCode } from '../errors.ts';
import { jittered } from '../jitter.ts';
import type { ProviderError } from '../providers/provider-error.ts';
import { canHeal } from '../providers/retry.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A restart is over in seconds and an outage in hours. After a day it is neither, and a person has to look. */
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
/** The delays vary randomly, so that attempts that failed together do not come back together. */
const SPREAD = 0.2;

/** @returns milliseconds until the next attempt after `failedAttempts`; null after the last */
export function nextAttemptInMs(failedAttempts: number, random: () => number = Math.random): number | null {
  const waitMs = WAITS_MS[failedAttempts];
  return waitMs === undefined ? null : Math.round(jittered(waitMs, SPREAD, random));
}

/**
 * The slowest machine that makes sense transcribes as fast as people speak, and may do so for another recording at the
 * same time.
 */
const ATTEMPT_PER_LENGTH = 2;

/** @returns milliseconds after which an attempt at a recording of this length gives its place to others */
export function attemptWithinMs(graceMs: number, lengthMs: number): number {
  return graceMs + ATTEMPT_PER_LENGTH * lengthMs;
}

export interface AttemptFailure {
  code: ErrorCode;
  reason: string;
  /** The provider asked not to be called before this time has passed. */
  retryAfterMs?: number | undefined;
}

/** A conflict between two transactions passes when it is repeated; a mistake in the program does not. */
const MOST_ATTEMPTS_WITH_DEFECT = 2;

/** @returns milliseconds until the next attempt; null if the failure cannot pass or the attempts are used up */
export function nextAttemptAfter(
  { code, retryAfterMs = 0 }: Pick<AttemptFailure, 'code' | 'retryAfterMs'>,
  failedAttempts: number,
  random: () => number = Math.random,
): number | null {
  if (isPutOff({ code, retryAfterMs })) return retryAfterMs;
  if (code === 'defect' && failedAttempts + 1 >= MOST_ATTEMPTS_WITH_DEFECT) return null;
  const patienceMs = ERRORS[code].retryable ? nextAttemptInMs(failedAttempts, random) : null;
  return patienceMs === null ? null : Math.max(patienceMs, retryAfterMs);
}

/**
 * Says whether the work was put off and not tried, as when its person has had all that a day gives. It begins when the
 * reason says, however often that happens.
 */
export function isPutOff({ code, retryAfterMs }: Pick<AttemptFailure, 'code' | 'retryAfterMs'>): boolean {
  return code === 'language_calls_used_up' && retryAfterMs !== undefined;
}

/** Says whether the failure is a bug of the program. */
export function isMistake(code: ErrorCode): boolean {
  return code === 'internal' || code === 'defect';
}

/** As many failures in a row as open the breaker of a provider: then it is the provider that fails, and not the call. */
const MOST_IN_A_ROW = 5;

/**
 * Decides whether an attempt at a recording goes on after a piece that its provider failed at. It does, so that the next
 * attempt has few pieces left: of 200 pieces and a provider that fails 4 times in 10, each attempt leaves the 16 % whose
 * two calls failed, and 4 attempts are enough. An attempt that ended at the first failure would store some 8 pieces, and
 * the 10 attempts of a day would not do. The attempt fails at its end all the same, with the first failure.
 */
export class FailedPieces {
  first: ProviderError | undefined;
  #inARow = 0;

  /**
   * Leaves the piece to the next attempt.
   *
   * @throws the error itself, where the other pieces would fail like this one or nobody waits for them any more
   */
  leave(error: unknown, signal: AbortSignal): null {
    if (signal.aborted || !canHeal(error) || error.call === 'not_made') throw error;
    // A provider that named a time is not to be called before, and the attempt does not wait for it.
    if (error.retryAfterMs !== undefined || ++this.#inARow >= MOST_IN_A_ROW) throw error;
    this.first ??= error;
    return null;
  }

  passes(): void {
    this.#inARow = 0;
  }
}
