/** Asks after work that a provider does in its own time, until it is done. */

import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../../providers/deadline.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import { canHeal } from '../../../providers/retry.ts';

export interface Pace {
  /** Until the first look. */
  firstMs: number;
  /** Between two looks at most. */
  longestMs: number;
  /** For one look: one that hangs must not take what is left of the deadline. */
  lookMs: number;
  /** How long looks may fail in a row, waits that were asked for included, before the work is given up. */
  troubleMs: number;
}

/** Then the wait for an answer is at most a third of what the work has taken. */
const GROWTH = 1.5;

/**
 * A look that fails is tried again, for the work behind it is under way and paid for.
 *
 * @param look resolves with undefined while the work is not done
 * @throws the signal's reason, or the ProviderError of the last look
 */
export async function untilDone<T>(
  look: (signal: AbortSignal) => Promise<T | undefined>,
  { firstMs, longestMs, lookMs, troubleMs }: Pace,
  signal: AbortSignal,
): Promise<T> {
  const late = () => new ProviderError('timeout', `no answer within ${lookMs} ms`);
  let stepMs = firstMs;
  let waitMs = firstMs;
  let wellAt = performance.now();
  for (;;) {
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
    stepMs = Math.min(stepMs * GROWTH, longestMs);
    waitMs = stepMs;
    try {
      const done = await within([signal], { ms: lookMs, late }, look);
      if (done !== undefined) return done;
      wellAt = performance.now();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // What can heal passes, and the work goes on meanwhile. The others would be the same at the next look.
      if (!canHeal(error)) throw error;
      waitMs = Math.max(stepMs, error.retryAfterMs ?? 0);
      if (performance.now() + waitMs - wellAt > troubleMs) throw error;
    }
  }
}
