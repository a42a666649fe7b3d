/**
 * Runs the pipeline in three workflows: decode ▸ listen ▸ transcribe ▸ place; understand, after the conversation has
 * settled; and link its speakers, beside that.
 *
 * All of them are durable: if their process dies, another worker goes on after the last recorded step. A step may
 * therefore run twice, and each step is written so that a second run changes nothing. What a workflow does last is not
 * recorded: a second run finds in the row of the recording or conversation that nothing is left to do.
 */
import { lastStep, registerWorkflow, type StepOptions, step } from '../engine/dbos.ts';
import { readStepFailure } from '../engine/step-failure.ts';
import type { ErrorCode } from '../errors.ts';
import { defectOf } from '../failure.ts';
import { WORKFLOWS } from '../intake/enqueue.ts';
import { normalise } from '../normalise.ts';
import { wordFreeError } from '../word-free.ts';
import { forAttempt, type PipelineContext } from './context.ts';
import { commitEnding, reject, scheduleRetry } from './finish.ts';
import { holdConversation, holdRecording } from './hold.ts';
import { linkSpeakers } from './link-speakers.ts';
import { type LogSubject, logBrokenStep, logLeftStep } from './log-lines.ts';
import { place } from './place.ts';
import type { AttemptFailure } from './retry-policy.ts';
import { transcribeRecording } from './transcribe-recording.ts';
import { failUnderstanding, understand } from './understand.ts';
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
    const { run, runLast } = stepsOf(context, { recordingId });
    try {
      const heard = await run(
        'hear',
        (signal) => transcribeRecording(context, recordingId, attempt, signal),
        STORE_AWAY,
      );
      if (heard.result === 'heard') {
        const placing = (signal: AbortSignal) =>
          holdRecording(context, { recordingId, attempt }, signal, () =>
            place(context, recordingId, attempt),
          );
        await runLast(placing, RESTART);
      }
      if (heard.result === 'rejected')
        await runLast(() => rejectRecording(context, recordingId, attempt, heard), RESTART);
    } catch (error) {
      const failure = reasonOf(error);
      // A step, because none begins once the engine was stopped: what a stop breaks off is no failure.
      await run('end-try', () => failAttempt(context, recordingId, attempt, failure), RESTART);
    }
  });

  // Work enqueued by an older version has no attempt number: it is the first attempt.
  registerWorkflow(
    WORKFLOWS.understand,
    async (conversationId: string, revision: number, attempt?: number) => {
      const ids = { conversationId, revision, attempt: attempt ?? 1 };
      const context = forAttempt(parts, ids);
      const { run, runLast } = stepsOf(context, { conversationId });
      try {
        const understanding = (signal: AbortSignal) =>
          holdConversation(context, ids, signal, (until) => understand(context, ids, until));
        await runLast(understanding, STORE_AWAY);
      } catch (error) {
        const failure = reasonOf(error);
        await run('end-turn', (signal) => failUnderstanding(context, ids, failure, signal), RESTART);
      }
    },
  );

  registerWorkflow(WORKFLOWS.link, async (conversationId: string, revision: number) => {
    const words = { conversationId, revision };
    const context = forAttempt(parts, words);
    const { runLast } = stepsOf(context, { conversationId });
    const link = (signal: AbortSignal) =>
      whileWanted(context, words, signal, (until) => linkSpeakers(context, words, until));
    // The voices stay separate until the words change. The failure is in the log already.
    await runLast(link, RESTART).catch(reasonOf);
  });
}

/** @throws the thrown value itself if it is a signal of the engine and not a failure */
function reasonOf(thrown: unknown): AttemptFailure {
  const failure = readStepFailure(thrown);
  if (failure.signal) throw thrown;
  const { code, message, retryAfterMs } = normalise(failure.cause);
  return { code, reason: message, retryAfterMs };
}

async function rejectRecording(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  { code, reason }: { code: ErrorCode; reason: string },
): Promise<void> {
  const { quietMs } = context;
  await commitEnding(context, recordingId, attempt, (tx, recording) =>
    reject(tx, recording, { code, reason, quietMs }),
  );
}

async function failAttempt(
  context: PipelineContext,
  recordingId: string,
  attempt: number,
  failure: AttemptFailure,
): Promise<void> {
  await commitEnding(context, recordingId, attempt, async (tx, recording) => {
    return await scheduleRetry(tx, recording, {
      ...failure,
      quietMs: context.quietMs,
      requestId: context.requestId,
    });
  });
}

/** Wraps steps so that their failures are logged, without spoken words where the engine records them. */
function stepsOf({ log, stopping }: PipelineContext, about: LogSubject) {
  const recorded = (error: unknown) => {
    const failure = wordFreeError(defectOf(error) ?? error);
    if (stopping.aborted) logLeftStep(log, about);
    else logBrokenStep(log, about, failure, error);
    return failure;
  };
  return {
    run: <Result>(name: string, fn: (signal: AbortSignal) => Promise<Result>, options: StepOptions) =>
      step(name, fn, { ...options, recorded }),
    runLast: <Result>(fn: (signal: AbortSignal) => Promise<Result>, options: StepOptions) =>
      lastStep(fn, stopping, { ...options, recorded }),
  };
}

function isStoreAway(error: unknown): boolean {
  return normalise(error).code === 'unavailable';
}

function mayHeal(error: unknown): boolean {
  return normalise(error).code !== 'defect';
}
