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

/** The result is not wanted any more; this is not a failure. */
class NotWanted extends Error {
  override readonly name = 'NotWanted';
}

type Context = Pick<PipelineContext, 'db' | 'changes'>;

/**
 * Runs work until its attempt is not wanted any more. That is checked at each change of its person's data and once a
 * second, which costs one query a second for each of some twenty jobs of a worker.
 */
export async function whileWanted<T>(
  { db, changes }: Context,
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof STALE> {
  const userId = await ownerOf(db, attempt);
  if (userId === undefined) return STALE;
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      await changes.next(userId, over.signal);
      if (over.signal.aborted) return;
      // If the database cannot be asked, the work goes on; its next write finds out.
      const isWanted = await ownerOf(db, attempt).then(
        (owner) => owner !== undefined,
        () => true,
      );
      if (!isWanted) over.abort(new NotWanted());
    }
  })();
  try {
    return await untilAny([signal, over.signal], work);
  } catch (error) {
    const isUnwanted = over.signal.reason instanceof NotWanted || error instanceof StaleAttempt;
    if (isUnwanted && !signal.aborted) return STALE;
    throw error;
  } finally {
    over.abort();
    await watching;
  }
}

/** Selects the person, if this attempt is still wanted. */
async function ownerOf(
  db: PipelineContext['db'],
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion,
): Promise<string | undefined> {
  const query =
    'recordingId' in attempt
      ? db
          .selectFrom('recordings')
          .select('user_id')
          .where('id', '=', attempt.recordingId)
          .where('attempt', '=', attempt.attempt)
          .where('finished_at_ms', 'is', null)
      : selectWanted(db, attempt).select('conversations.user_id');
  return (await query.executeTakeFirst())?.user_id;
}
