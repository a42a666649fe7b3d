/**
 * Ends a recording or one attempt at it: stores the outcome, notifies, and enqueues the conversations that have settled
 * by it.
 */
import { enqueueSettled } from '../conversations/settled.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { enqueueAnotherTry } from '../intake/enqueue.ts';
import { notifyChange } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import type { Outcome, Recording, Timings } from '../store/schema.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { UNHELD } from './crashes.ts';
import { type Ended, logEnded } from './log-lines.ts';
import { nextTryAfter, type TryFailure } from './retry-policy.ts';

export interface Ending {
  outcome: Exclude<Outcome, 'waiting' | 'processing' | 'deleted'>;
  code: ErrorCode | null;
  reason?: string;
  timings?: Timings;
  quietMs: number;
}

/**
 * Runs the end of one attempt under the timeline's lock and logs it after the commit. It changes nothing if the
 * recording belongs to another attempt by now.
 */
export async function endAttempt(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  end: (tx: Tx, recording: Recording) => Promise<Ended | null>,
): Promise<void> {
  const ended = await commit(context, { recordingId, attempt }, end, { timeline: true });
  if (ended !== STALE && ended !== null) logEnded(context.log, recordingId, ended);
}

/**
 * Ends the recording for good. Must be called under the timeline's lock, because only then no other transaction can add
 * words to a conversation that seems settled.
 */
export async function finishRecording(tx: Tx, recording: Recording, ending: Ending): Promise<Ended> {
  const finishedAtMs = Date.now();
  const timings = {
    ...recording.timings,
    ...ending.timings,
    // The clock may have been set back since the recording was accepted.
    totalMs: Math.max(0, finishedAtMs - recording.accepted_at_ms),
  };
  await tx
    .updateTable('recordings')
    .set({
      outcome: ending.outcome,
      code: ending.code,
      reason: ending.reason ?? (ending.code ? ERRORS[ending.code].title : null),
      retryable: ending.code ? ERRORS[ending.code].retryable : false,
      finished_at_ms: finishedAtMs,
      next_try_at_ms: null,
      ...UNHELD,
      timings: JSON.stringify(timings),
    })
    .where('id', '=', recording.id)
    .execute();
  await tellAndSettle(tx, recording, ending.quietMs);
  const { outcome, code, reason = null } = ending;
  return {
    outcome,
    code,
    reason,
    heardMs: recording.heard_ms,
    tookMs: timings.totalMs,
    tries: recording.tries,
  };
}

/**
 * Ends an attempt that failed. A failure that may pass gets a next attempt, later each time. Any other failure, or a
 * day of attempts, makes a dead letter: its audio is kept, and a person can retry it.
 */
export async function endTry(
  tx: Tx,
  recording: Recording,
  { quietMs, requestId, ...failure }: TryFailure & { quietMs: number; requestId?: string | undefined },
): Promise<Ended> {
  const waitMs = nextTryAfter(failure, recording.tries);
  if (waitMs === null) {
    const { code, reason } = failure;
    return await finishRecording(tx, recording, { outcome: 'failed', code, reason, quietMs });
  }
  const attempt = recording.attempt + 1;
  const tries = recording.tries + 1;
  const nextTryAtMs = Date.now() + waitMs;
  await tx
    .updateTable('recordings')
    .set({
      outcome: 'waiting',
      code: failure.code,
      reason: failure.reason,
      retryable: true,
      attempt,
      tries,
      next_try_at_ms: nextTryAtMs,
      ...UNHELD,
    })
    .where('id', '=', recording.id)
    .execute();
  await enqueueAnotherTry(tx, recording, { attempt, requestId }, waitMs);
  await tellAndSettle(tx, recording, quietMs);
  const { code, reason } = failure;
  return { outcome: 'waiting', code, reason, heardMs: recording.heard_ms, tries, nextTryAtMs };
}

async function tellAndSettle(tx: Tx, recording: Recording, quietMs: number): Promise<void> {
  const owner = { userId: recording.user_id, deviceId: recording.device_id };
  await enqueueSettled(tx, owner, recording, quietMs);
  await notifyChange(tx, recording.user_id);
}
