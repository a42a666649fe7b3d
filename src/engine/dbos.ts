import { setTimeout as delay } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { isEngineError } from './errors.ts';
import { isSignal } from './step-failure.ts';

/**
 * Disables the engine's own limit of recoveries. It counts every process that died while the work ran, whatever the
 * cause and the progress, and would set innocent work aside. `pipeline/crashes.ts` decides instead.
 */
const MAX_RECOVERIES = 1_000_000_000;
export interface Workflow<Args extends unknown[], Result> {
  readonly name: string;
  readonly run: (...args: Args) => Promise<Result>;
}

/**
 * Registers a workflow. Stored work refers to this name, so it outlives renames of the function. Register before
 * `launchEngine`.
 */
export function registerWorkflow<Args extends unknown[], Result>(
  name: string,
  fn: (...args: Args) => Promise<Result>,
): Workflow<Args, Result> {
  return { name, run: DBOS.registerWorkflow(fn, { name, maxRecoveryAttempts: MAX_RECOVERIES }) };
}

export interface StepOptions {
  /** Number of attempts, including the first; 1 (the default) does not retry. */
  attempts?: number;
  /** Wait before the first retry (1 s); each further wait is multiplied by `backoff` (2). */
  intervalMs?: number;
  backoff?: number;
  retryIf?: (error: unknown) => boolean;
  /**
   * Turns what an attempt threw into what is recorded of it. The engine's rows and log lines are read by others than
   * the person whose work it is. Signals of the engine are not passed to it.
   */
  recorded?: (error: unknown) => Error;
}

/** The engine's own attempts would each ask the database whether the work was cancelled, which the signal tells. */
async function inAttempts<Result>(
  fn: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  { attempts = 1, intervalMs = 1000, backoff = 2, retryIf = () => true, recorded }: StepOptions,
): Promise<Result> {
  for (let nth = 1; ; nth++) {
    try {
      return await fn(signal)
        .catch(neverIfLeaseLost)
        .catch((error: unknown) => {
          throw recorded && !isSignal(error) ? recorded(error) : error;
        });
    } catch (error) {
      if (nth >= attempts || isSignal(error) || !retryIf(error)) throw error;
      await delay(intervalMs * backoff ** (nth - 1), undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}

/**
 * A step of a process that lost its lease must never end. An error would be recorded as the outcome before the new
 * owner takes the workflow, and be replayed to it. The process is about to exit (`onLost`).
 */
function neverIfLeaseLost(error: unknown): Promise<never> {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isEngineError(cause, 'lease_lost')) return new Promise(() => undefined);
  }
  throw error;
}

/**
 * Runs `fn` and records its result under its place in the workflow, so that a replay does not run it again. It runs at
 * least once: a process can die after the effect and before the record. The signal fires within about a second of the
 * workflow's being cancelled.
 */
export function step<Result>(
  name: string,
  fn: (signal: AbortSignal) => Promise<Result>,
  options: StepOptions = {},
): Promise<Result> {
  return DBOS.runStep(
    () => {
      const { cancelSignal = new AbortController().signal } = DBOS.stepStatus ?? {};
      return inAttempts(fn, cancelSignal, options);
    },
    { name },
  );
}

/**
 * Runs the last thing that a workflow does and records nothing of it, because the end of the workflow follows at once. A
 * process that dies in between has it run again, so `fn` must find in its own rows that it is done.
 */
export function lastStep<Result>(
  fn: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  options: StepOptions = {},
): Promise<Result> {
  return inAttempts(fn, signal, options);
}
