/** A model that is down is known to be down: it is asked by one call now and then, and not by every conversation. */

import { AfterwordError } from '../../errors.ts';
import { type Breaker, type BreakerBounds, createBreaker } from '../../providers/breaker.ts';
import { CallFailure } from './failure.ts';

/** It was not asked at all. This can heal, but not by asking again at once: it is no {@link CallFailure}. */
class NotAsked extends AfterwordError {}

export function modelBreaker(model: string, bounds: BreakerBounds): Breaker {
  return createBreaker({
    ...bounds,
    isFailure: isAnOutage,
    isAnswer: (error) => error instanceof CallFailure && !isAnOutage(error),
    notAsked(openForMs, failure) {
      const last = failure instanceof CallFailure ? failure : null;
      return new NotAsked(
        last?.code ?? 'upstream',
        `${model} failed ${bounds.failuresInARow} times in a row and is left alone for now; at last: ${last?.message}`,
        { retryAfterMs: Math.max(1, openForMs) },
      );
    },
  });
}

/** A refusal is the answer of a model that is well, and so is one that is of no use. */
function isAnOutage(error: unknown): error is CallFailure {
  if (!(error instanceof CallFailure) || error.garbled) return false;
  return error.code === 'timeout' || error.code === 'upstream';
}
