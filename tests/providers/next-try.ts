import { nextTryAfter, type TryFailure } from '../../src/pipeline/retry-policy.ts';

/** Of one that failed for the first time, without the spread. */
export function nextTryOf({ code, retryAfterMs }: Pick<TryFailure, 'code' | 'retryAfterMs'>): string {
  const sure = () => 0.5;
  const waitMs = nextTryAfter({ code, retryAfterMs }, 0, sure);
  if (waitMs === null) return 'dead letter';
  const isAsAsked = waitMs !== nextTryAfter({ code }, 0, sure);
  return `next try in ${waitMs / 1000} s${isAsAsked ? ', as asked' : ''}`;
}
