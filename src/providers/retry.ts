/**
 * This file has the rules for calling a provider again. There are two layers. Within one attempt at a recording or a
 * conversation, the next provider of the list is called, and the whole list once more ({@link ONCE_MORE}). Between two
 * attempts the work waits in the queue (`pipeline/retry-policy.ts`), 9 times in a day. So each provider is called at most
 * 2 times for a piece or a question in one attempt, and 20 times in all; refusals of a busy one are met up to 4 times.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { jittered } from '../jitter.ts';
import { ProviderError } from './provider-error.ts';

export interface RetryPolicy {
  /** How often a question is asked in one attempt, the first time included. */
  calls: number;
  /** How often it is asked where the provider refuses because it has too many calls. Without it a refusal counts as any other failure. */
  busyCalls?: number;
  /** Before the second call, doubled before each further one, and spread by a half either way. */
  waitMs: number;
  /** A longer wait is left to the next attempt, so that others get this place. */
  longestWaitMs: number;
}

/** An attempt waits out a pause up to this, which is sooner than the next attempt after 10 s. */
export const LONGEST_PAUSE_MS = 5000;

/**
 * The second call within an attempt is kept because all questions of an attempt have to be answered, and a broken
 * connection or a refusal (the limit is found by provoking some) costs one call and not the whole attempt. Of a provider
 * that fails one time in ten, 30 questions about a long conversation succeed with 0.9^30 = 4 % without it, and with
 * 0.99^30 = 74 % with it.
 */
export const ONCE_MORE: RetryPolicy = { calls: 2, waitMs: 500, longestWaitMs: LONGEST_PAUSE_MS };
/**
 * A language model is asked about a conversation only once its words are settled, often by many at the same time, and
 * its limit learns by refusals: of 40 conversations at a model that takes 6 calls at once, one met a second refusal before
 * the limit had come down. A refusal costs nothing, so up to four are met in one attempt. So it is with a transcriber, which gets
 * all pieces of a recording at once: one that takes 2 calls refuses 6 of 8, and later now and then one that tries for more.
 */
export const ONCE_MORE_OR_BUSY: RetryPolicy = { ...ONCE_MORE, busyCalls: 4 };
export const NO_RETRY: RetryPolicy = { calls: 1, waitMs: 1, longestWaitMs: 1 };

/** After this many useless answers the question is not asked again: the second one is not chance any more. */
const MOST_GARBLED = 2;
/** Calls that failed together are spread by this part of the wait, so that they do not come back together. */
const SPREAD = 0.5;

/** Says whether the same call may succeed later without anybody mending something. */
export function canHeal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  return error.code === 'timeout' || error.code === 'rate_limited' || error.code === 'upstream';
}

/** Calls again after a failure that can heal; a provider that was not called is known to be down, and is left alone. */
export async function withRetries<T>(
  call: (nth: number) => Promise<T>,
  { calls, busyCalls, waitMs, longestWaitMs }: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  let garbled = 0;
  let busy = 0;
  for (let nth = 0; ; nth++) {
    try {
      return await call(nth);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!canHeal(error) || error.call === 'not_made') throw error;
      const isBusy = error.code === 'rate_limited' && busyCalls !== undefined;
      if (isBusy) busy++;
      if (isBusy ? busy >= busyCalls : nth + 1 - busy >= calls) throw error;
      if (error.garbled && ++garbled >= MOST_GARBLED) throw error;
      const askedMs = error.retryAfterMs ?? 0;
      // At least as long as was asked for, and a little over it.
      const pauseMs = Math.max(jittered(waitMs * 2 ** nth, SPREAD), jittered(askedMs * 1.05, 0.05));
      if (Math.max(pauseMs, askedMs) > longestWaitMs) throw error;
      await delay(pauseMs, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    }
  }
}
