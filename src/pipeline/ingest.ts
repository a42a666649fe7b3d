/**
 * The pipeline as one story: decode ▸ listen ▸ transcribe ▸ place, and, when the conversation is quiet, understand.
 *
 * Both workflows are durable: a process that dies in the middle leaves them to another, which goes on after the
 * last finished step. A step may therefore run twice, and each one is written so that twice is once.
 */
import { registerWorkflow, step } from '../engine/dbos.ts';
import { readStepFailure } from '../engine/step-failure.ts';
import { ERRORS, type ErrorCode, normalise } from '../errors.ts';
import { WORKFLOWS } from '../intake/enqueue.ts';
import { queryable } from '../store/database.ts';
import { finishRecording } from './finish.ts';
import { hear } from './hear.ts';
import { lockTimeline, place } from './place.ts';
import type { Stages } from './stages.ts';
import { giveUpUnderstanding, understand } from './understand.ts';

/** 1, 2, 4, 8, 16, 32 s: a provider's hiccup passes in a minute; what lasts longer is shown as failed and can be redone. */
const RETRY = { attempts: 7, intervalMs: 1000, backoff: 2 };

export function registerPipeline(stages: Stages): void {
  registerWorkflow(WORKFLOWS.ingest, async (recordingId: string) => {
    try {
      const { verdict } = await step('hear', (signal) => hear(stages, recordingId, signal), {
        ...RETRY,
        retryIf: (error) => canHeal(stages, recordingId, error),
      });
      if (verdict) {
        await step('reject', () => end(stages, recordingId, 'rejected', verdict.code, verdict.reason), RETRY);
      } else {
        await step('place', () => place(stages, recordingId), RETRY);
      }
    } catch (error) {
      const { code, message } = reasonOf(error);
      stages.log.error({ err: error, recordingId, code }, 'a recording could not be worked on');
      await step('fail', () => end(stages, recordingId, 'failed', code, message), RETRY);
    }
  });

  registerWorkflow(WORKFLOWS.understand, async (conversationId: string, revision: number) => {
    try {
      await step('understand', (signal) => understand(stages, conversationId, revision, signal), RETRY);
    } catch (error) {
      const { message } = reasonOf(error);
      stages.log.error({ err: error, conversationId }, 'a conversation could not be understood');
      await step('give-up', () => giveUpUnderstanding(stages, conversationId, revision, message), RETRY);
    }
  });
}

/** @throws what was thrown, when it is the engine's signal and not a failure of ours */
function reasonOf(thrown: unknown): { code: ErrorCode; message: string } {
  const failure = readStepFailure(thrown);
  if (failure.signal) throw thrown;
  return normalise(failure.cause);
}

async function end(
  stages: Stages,
  recordingId: string,
  outcome: 'rejected' | 'failed',
  code: ErrorCode,
  reason: string,
): Promise<void> {
  await stages.db.transaction().execute(async (tx) => {
    await stages.lease.assertHeld(queryable(tx));
    const recording = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('id', '=', recordingId)
      .executeTakeFirstOrThrow();
    await lockTimeline(tx, recording.user_id);
    await finishRecording(tx, recording, { outcome, code, reason, quietMs: stages.quietMs });
  });
}

function canHeal(stages: Stages, recordingId: string, error: unknown): boolean {
  const { code, message } = normalise(error);
  const retryable = ERRORS[code].retryable;
  stages.log.warn({ err: error, recordingId, code, retryable }, `hearing a recording broke off: ${message}`);
  return retryable;
}
