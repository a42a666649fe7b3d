/**
 * Stops work that is deleted, cancelled or overtaken while it runs: its calls to providers are cancelled, and no more
 * are made. `commit` alone would notice only at the next write, which may be hours of silence or hundreds of calls
 * later.
 */
import { untilAny } from '../providers/deadline.ts';
import {
  type ConversationAttempt,
  type RecordingAttempt,
  STALE,
  StaleAttempt,
  selectWanted,
  type WordsVersion,
} from './commit.ts';
import type { PipelineContext } from './context.ts';
import type { Held } from './crashes.ts';

/** The result is not wanted any more; this is not a failure. */
class NotWanted extends Error {
  override readonly name = 'NotWanted';
}

type Context = Pick<PipelineContext, 'db' | 'changes'>;

const COLUMNS = ['user_id', 'held_by', 'crashes', 'alone_from_ms'] as const;

/**
 * Runs work until its attempt is not wanted any more. That is checked at each change of its person's data and once a
 * second, which costs one query a second for each of some twenty jobs of a worker. The work is told who holds it.
 */
export async function whileWanted<T>(
  { db, changes }: Context,
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion,
  signal: AbortSignal,
  work: (signal: AbortSignal, seen: Held) => Promise<T>,
): Promise<T | typeof STALE> {
  const seen = await readWanted(db, attempt);
  if (!seen) return STALE;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      await changes.next(seen.user_id, over.signal);
      if (over.signal.aborted) return;
      // If the database cannot be asked, the work goes on; its next write finds out.
      const isWanted = await readWanted(db, attempt).then(
        (row) => row !== undefined,
        () => true,
      );
      if (!isWanted) over.abort(new NotWanted());
    }
  })();
  try {
    return await untilAny([signal, over.signal], (until) => work(until, seen));
  } catch (error) {
    const isUnwanted = over.signal.reason instanceof NotWanted || error instanceof StaleAttempt;
    if (isUnwanted && !signal.aborted) return STALE;
    throw error;
  } finally {
    over.abort();
    await watching;
  }
}

async function readWanted(
  db: PipelineContext['db'],
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion,
): Promise<(Held & { user_id: string }) | undefined> {
  const wanted =
    'recordingId' in attempt
      ? db
          .selectFrom('recordings')
          .select(COLUMNS)
          .where('id', '=', attempt.recordingId)
          .where('attempt', '=', attempt.attempt)
          .where('finished_at_ms', 'is', null)
      : selectWanted(db, attempt).select(COLUMNS);
  return await wanted.executeTakeFirst();
}
