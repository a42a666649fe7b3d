/**
 * Ends a recording or one attempt at it: stores the outcome, notifies, and enqueues the conversations that have settled
 * by it.
 */

import { endingOf } from '../conversations/loss.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import { enqueueNextAttempt } from '../intake/enqueue.ts';
import { isHeardAgain } from '../intake/hear-again.ts';
import { bordersAt, placeHeard, placeNeighbours } from '../placing/borders.ts';
import type { Tx } from '../store/database.ts';
import type { Recording, Timings } from '../store/schema.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { UNHELD } from './crashes.ts';
import { type Ended, logEnded } from './log-lines.ts';
import { type AttemptFailure, nextAttemptAfter } from './retry-policy.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log'>;

interface Ending {
  code: ErrorCode | null;
  reason?: string;
  quietMs: number;
  /** The person's other devices whose conversations changed. */
  elsewhere: ReadonlySet<string>;
}

/** A recording that ends without its words always has a code. */
type Refusal = Omit<Ending, 'elsewhere'> & { code: ErrorCode };

/**
 * Runs the end of one attempt under the timeline's lock and logs it after the commit. It changes nothing if the
 * recording belongs to another attempt by now.
 */
export async function commitEnding(
  context: Context,
  recordingId: string,
  attempt: number,
  end: (tx: Tx, recording: Recording) => Promise<Ended | null>,
): Promise<void> {
  const ended = await commit(context, { recordingId, attempt }, end, { timeline: true });
  if (ended !== STALE && ended !== null) logEnded(context.log, recordingId, ended);
}

/** Ends a recording whose words are placed, or that has none. Needs the timeline's lock. */
export async function complete(
  tx: Tx,
  recording: Recording,
  { outcome, ...ending }: Ending & { outcome: 'completed' | 'silent'; timings: Timings },
): Promise<Ended> {
  return await finish(tx, recording, outcome, ending);
}

/**
 * Ends a recording whose bytes are not usable; another attempt would find the same. Its neighbours do not wait for it any
 * more. Needs the timeline's lock.
 */
export async function reject(tx: Tx, recording: Recording, refusal: Refusal): Promise<Ended> {
  return await endUnheard(tx, recording, 'rejected', refusal);
}

/** Makes a dead letter: the audio is kept, and a person can retry it. Needs the timeline's lock. */
export async function fail(tx: Tx, recording: Recording, refusal: Refusal): Promise<Ended> {
  return await endUnheard(tx, recording, 'failed', refusal);
}

/** What an earlier version has heard stays as it was where it cannot be heard again: nobody has asked for that. */
async function endUnheard(
  tx: Tx,
  recording: Recording,
  outcome: 'rejected' | 'failed',
  { code, reason, quietMs }: Refusal,
): Promise<Ended> {
  const elsewhere = await leaveNeighbours(tx, recording);
  if (!isHeardAgain(recording))
    return await finish(tx, recording, outcome, {
      code,
      ...(reason === undefined ? {} : { reason }),
      quietMs,
      elsewhere,
    });
  await tx
    .updateTable('recordings')
    .set({ heard_ms: recording.duration_ms ?? 0, mark: null })
    .where('id', '=', recording.id)
    .execute();
  const { outcome: before, ...told } = await endingOf(tx, recording);
  const ended = await finish(tx, recording, before, { ...told, quietMs, elsewhere });
  return { ...ended, notHeardAgain: `(${code}): ${reason ?? ERRORS[code].title}` };
}

async function leaveNeighbours(tx: Tx, { id }: Recording): Promise<Set<string>> {
  return await placeNeighbours(tx, id, await bordersAt(tx, id));
}

/**
 * Ends the recording for good. The timeline's lock is needed because only then no other transaction can add words to a
 * conversation that seems settled.
 */
async function finish(
  tx: Tx,
  recording: Recording,
  outcome: 'completed' | 'silent' | 'rejected' | 'failed',
  ending: Ending & { timings?: Timings },
): Promise<Ended> {
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
      outcome,
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
  await tellAndSettle(tx, recording, ending);
  const { code, reason = null } = ending;
  return {
    outcome,
    code,
    reason,
    heardMs: recording.heard_ms,
    tookMs: timings.totalMs,
    failedAttempts: recording.tries,
  };
}

/**
 * Ends an attempt that failed. A failure that may pass gets a next attempt, later each time. Any other failure, or a
 * day of attempts, makes a dead letter: its audio is kept, and a person can retry it.
 */
export async function scheduleRetry(
  tx: Tx,
  recording: Recording,
  { quietMs, requestId, ...failure }: AttemptFailure & { quietMs: number; requestId?: string | undefined },
): Promise<Ended> {
  const waitMs = nextAttemptAfter(failure, recording.tries);
  if (waitMs === null) {
    const { code, reason } = failure;
    return await fail(tx, recording, { code, reason, quietMs });
  }
  const attempt = recording.attempt + 1;
  const failedAttempts = recording.tries + 1;
  const nextAttemptAtMs = Date.now() + waitMs;
  const elsewhere = await placeHeard(tx, recording.id, await bordersAt(tx, recording.id));
  await tx
    .updateTable('recordings')
    .set({
      outcome: 'waiting',
      code: failure.code,
      reason: failure.reason,
      retryable: true,
      attempt,
      tries: failedAttempts,
      next_try_at_ms: nextAttemptAtMs,
      ...UNHELD,
    })
    .where('id', '=', recording.id)
    .execute();
  await enqueueNextAttempt(tx, recording, { attempt, requestId }, waitMs);
  await tellAndSettle(tx, recording, { elsewhere, quietMs });
  const { code, reason } = failure;
  return {
    outcome: 'waiting',
    code,
    reason,
    heardMs: recording.heard_ms,
    failedAttempts,
    nextAttemptAtMs,
  };
}

async function tellAndSettle(
  tx: Tx,
  recording: Recording,
  { elsewhere, quietMs }: Pick<Ending, 'elsewhere' | 'quietMs'>,
): Promise<void> {
  await enqueueSettled(tx, recording, new Set([recording.device_id, ...elsewhere]), quietMs);
  noteRecording(tx, recording.user_id, recording.id);
}
