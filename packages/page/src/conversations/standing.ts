/** What a conversation waits for, and what comes next: the rule that its line on the list says in words. */
import type { Listed } from './queries.ts';

export type Standing =
  | { kind: 'ready' }
  /** Title and summary are sentences that were spoken, until the language model answers. */
  | { kind: 'for-now'; nextTryAtMs: number | null }
  | { kind: 'failed'; failure: string | null; remedy: string | null }
  /** An attempt has failed, and the next one comes by itself. */
  | { kind: 'again'; failure: string; nextTryAtMs: number; tries: number }
  | { kind: 'no-worker' }
  /** More recordings may still belong to it. */
  | { kind: 'settling'; doneAtMs: number | null }
  | { kind: 'understanding'; doneAtMs: number | null };

type Told = Pick<Listed, 'status' | 'failure' | 'remedy' | 'nextTryAtMs' | 'tries' | 'expected' | 'madeBy'>;

export function standingOf({
  status,
  failure,
  remedy,
  nextTryAtMs,
  tries,
  expected,
  madeBy,
}: Told): Standing {
  if (status === 'failed') return { kind: 'failed', failure, remedy };
  if (status === 'ready') {
    return failure !== null && madeBy?.kind === 'extractive'
      ? { kind: 'for-now', nextTryAtMs }
      : { kind: 'ready' };
  }
  if (expected?.unknown === 'no_worker') return { kind: 'no-worker' };
  if (failure !== null && nextTryAtMs !== null) return { kind: 'again', failure, nextTryAtMs, tries };
  const doneAtMs = expected?.doneAtMs ?? null;
  return { kind: expected?.stage === 'understanding' ? 'understanding' : 'settling', doneAtMs };
}
