/**
 * Runs the pipeline in two workflows: decode ▸ listen ▸ transcribe ▸ place, and, after the conversation has settled,
 * link its speakers and understand it.
 *
 * Both workflows are durable: if their process dies, another worker goes on after the last finished step. A step may
 * therefore run twice, and each step is written so that a second run changes nothing.
 */
import { registerWorkflow, type StepOptions, step } from '../engine/dbos.ts';
import { readStepFailure } from '../engine/step-failure.ts';
import type { ErrorCode } from '../errors.ts';
import { defectOf } from '../failure.ts';
import { WORKFLOWS } from '../intake/enqueue.ts';
import { normalise } from '../normalise.ts';
import { wordFreeError } from '../word-free.ts';
import { STALE } from './commit.ts';
import { forAttempt, type PipelineContext } from './context.ts';
import { endAttempt, endTry, finishRecording } from './finish.ts';
import { holdConversation, holdRecording } from './hold.ts';
import { linkSpeakers } from './link-speakers.ts';
import { type LogSubject, logBrokenStep, logLeftStep } from './log-lines.ts';
import { failUnderstanding } from './not-understood.ts';
import { place } from './place.ts';
import type { TryFailure } from './retry-policy.ts';
import { type RecordingResult, transcribeRecording } from './transcribe-recording.ts';
import { understand } from './understand.ts';
import { whileWanted } from './wanted.ts';

/**
 * Only a database or a store that is away is waited for within an attempt, as its restart takes seconds. What a provider
 * failed at has been asked once more already (`providers/retry.ts`), and waits in the queue for its next attempt.
 */
const STORE_AWAY = { attempts: 4, intervalMs: 1000, backoff: 2, retryIf: isStoreAway };
/** A database that restarts is back within a minute and a half. */
const RESTART = { attempts: 12, intervalMs: 500, backoff: 1.5, retryIf: mayHeal };

export function registerPipeline(parts: PipelineContext): void {
  registerWorkflow(WORKFLOWS.ingest, async (recordingId: string, attempt: number, requestId?: string) => {
    const context = forAttempt(parts, { recordingId, attempt, requestId });
    context.log.info(`Recording ${recordingId}: attempt ${attempt} begins`);
    const run = stepsOf(context, { recordingId });
    try {
      const heard = await run(
        'hear',
        (signal) => hearWhileWanted(context, recordingId, attempt, signal),
        STORE_AWAY,
      );
      if (heard.result === 'heard') {
        const placing = (signal: AbortSignal) =>
          holdRecording(context, { recordingId, attempt }, signal, () =>
            place(context, recordingId, attempt),
          );
        await run('place', placing, RESTART);
      }
      if (heard.result === 'rejected')
        await run('reject', () => reject(context, recordingId, attempt, heard), RESTART);
    } catch (error) {
      const failure = reasonOf(error);
      await run('end-try', () => giveUpTry(context, recordingId, attempt, failure), RESTART);
    }
  });

  // Work enqueued by an older version has no attempt number: it is the first attempt.
  registerWorkflow(
    WORKFLOWS.understand,
    async (conversationId: string, revision: number, attempt?: number) => {
      const turn = { conversationId, revision, attempt: attempt ?? 1 };
      const context = forAttempt(parts, turn);
      const run = stepsOf(context, { conversationId });
      try {
        const whileTurn = <T>(work: (signal: AbortSignal) => Promise<T>) => {
          return async (signal: AbortSignal) =>
            await whileWanted(context, turn, signal, (until) =>
              holdConversation(context, turn, until, () => work(until)),
            );
        };
        const link = whileTurn((signal) => linkSpeakers(context, turn, signal));
        await run('link-speakers', link, RESTART);
        await run(
          'understand',
          whileTurn((signal) => understand(context, turn, signal)),
          STORE_AWAY,
        );
      } catch (error) {
        const failure = reasonOf(error);
        await run('end-turn', (signal) => failUnderstanding(context, turn, failure, signal), RESTART);
      }
    },
  );
}

/** @throws the thrown value itself if it is a signal of the engine and not a failure */
function reasonOf(thrown: unknown): TryFailure {
  const failure = readStepFailure(thrown);
  if (failure.signal) throw thrown;
  const { code, message, retryAfterMs } = normalise(failure.cause);
  return { code, reason: message, retryAfterMs };
}

async function hearWhileWanted(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  signal: AbortSignal,
): Promise<RecordingResult> {
  const work = (until: AbortSignal) => transcribeRecording(context, recordingId, attempt, until);
  const heard = await whileWanted(context, { recordingId, attempt }, signal, work);
  return heard === STALE ? { result: 'stale' } : heard;
}

async function reject(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  verdict: { code: ErrorCode; reason: string },
): Promise<void> {
  await endAttempt(context, recordingId, attempt, async (tx, recording) => {
    const { code, reason } = verdict;
    return await finishRecording(tx, recording, {
      outcome: 'rejected',
      code,
      reason,
      quietMs: context.quietMs,
    });
  });
}

async function giveUpTry(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  failure: TryFailure,
): Promise<void> {
  await endAttempt(context, recordingId, attempt, async (tx, recording) => {
    return await endTry(tx, recording, {
      ...failure,
      quietMs: context.quietMs,
      requestId: context.requestId,
    });
  });
}

/** Wraps steps so that their failures are logged and the engine records only messages without spoken words. */
function stepsOf({ log, stopping }: PipelineContext, about: LogSubject) {
  return <Result>(name: string, fn: (signal: AbortSignal) => Promise<Result>, options: StepOptions) =>
    step(name, fn, {
      ...options,
      recorded: (error) => {
        const failure = wordFreeError(defectOf(error) ?? error);
        if (stopping.aborted) logLeftStep(log, about);
        else logBrokenStep(log, about, failure, error);
        return failure;
      },
    });
}

function isStoreAway(error: unknown): boolean {
  return normalise(error).code === 'unavailable';
}

function mayHeal(error: unknown): boolean {
  return normalise(error).code !== 'defect';
}
