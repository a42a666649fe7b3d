import { setTimeout as sleep } from 'node:timers/promises';
import { canHeal } from '../../providers/retry.ts';

export interface RetryPolicy {
  /** How often one call is tried, the first time included. */
  tries: number;
  /** Before the second try, doubled before each further one; of it at least half is waited. */
  waitMs: number;
  /** Asked to wait longer than this, we rather give our place to others and come back later. */
  longestWaitMs: number;
}

/** A second answer of no use is not bad luck any more. */
const GARBLED_TRIES = 2;

/** Tries again what can heal, and only that. */
export async function retryCall<T>(
  attempt: () => Promise<T>,
  { tries, waitMs, longestWaitMs }: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  let garbled = 0;
  for (let nth = 1; ; nth++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!canHeal(error) || error.call !== 'made' || nth >= tries) throw error;
      if (error.garbled && ++garbled >= GARBLED_TRIES) throw error;
      const backoffMs = waitMs * 2 ** (nth - 1) * (0.5 + Math.random() / 2);
      // A little over what was asked for: those who were refused together do not come back together.
      const pauseMs = Math.max(backoffMs, (error.retryAfterMs ?? 0) * (1 + Math.random() / 10));
      if (pauseMs > longestWaitMs) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
