import { type AttemptFailure, nextAttemptAfter } from '../../src/pipeline/retry-policy.ts';

/** Of one that failed for the first time, without the spread. */
export function nextTryOf({ code, retryAfterMs }: Pick<AttemptFailure, 'code' | 'retryAfterMs'>): string {
  const sure = () => 0.5;
  const waitMs = nextAttemptAfter({ code, retryAfterMs }, 0, sure);
  if (waitMs === null) return 'dead letter';
  const isAsAsked = waitMs !== nextAttemptAfter({ code }, 0, sure);
  return `next try in ${waitMs / 1000} s${isAsAsked ? ', as asked' : ''}`;
}
