import { DBOS, type StepConfig, type WorkflowHandle, type WorkflowStatus } from '@dbos-inc/dbos-sdk';
import { isEngineError } from './errors.ts';
import { isSignal } from './step-failure.ts';

/**
 * Disables the engine's own limit of recoveries. It counts every process that died while the work ran, whatever the
 * cause and the progress, and would set innocent work aside. `pipeline/crashes.ts` decides instead.
 */
const MAX_RECOVERIES = 1_000_000_000;
/** The engine looks once a second for the result of work in another process, because a person may be waiting. */
const RESULT_POLL_MS = 150;

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

export interface StartOptions {
  /**
   * The queue is required: without one, work whose process dies would go to the engine's internal queue, which every
   * process polls, even one that runs nothing. It must not be the parent's queue, because a waiting parent keeps its
   * slot there.
   */
  queueName: string;
  workflowId?: string;
  priority?: number;
  delayMs?: number;
  partitionKey?: string;
}

export interface Started<Result> {
  readonly workflowId: string;
  result(): Promise<Result>;
}

function started<Result>(handle: WorkflowHandle<Result>): Started<Result> {
  return {
    workflowId: handle.workflowID,
    result: () => handle.getResult({ pollingIntervalMs: RESULT_POLL_MS }),
  };
}

/** Enqueues a workflow. Inside a workflow the new one is its child, and a replay of the parent finds it again. */
export async function startWorkflow<Args extends unknown[], Result>(
  workflow: Workflow<Args, Result>,
  options: StartOptions,
  ...args: Args
): Promise<Started<Result>> {
  const { queueName, workflowId, priority, delayMs, partitionKey } = options;
  const start = DBOS.startWorkflow(workflow.run, {
    queueName,
    ...(workflowId === undefined ? {} : { workflowID: workflowId }),
    enqueueOptions: {
      ...(priority === undefined ? {} : { priority }),
      ...(delayMs === undefined ? {} : { delaySeconds: delayMs / 1000 }),
      ...(partitionKey === undefined ? {} : { queuePartitionKey: partitionKey }),
    },
  });
  return started(await start(...args));
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
  /** Time limit of one attempt. The signal fires; code that ignores it is abandoned, not stopped. */
  timeoutMs?: number;
}

function stepConfig({ attempts = 1, intervalMs, backoff, retryIf, timeoutMs }: StepOptions): StepConfig {
  return {
    retriesAllowed: attempts > 1,
    maxAttempts: attempts,
    ...(intervalMs === undefined ? {} : { intervalSeconds: intervalMs / 1000 }),
    ...(backoff === undefined ? {} : { backoffRate: backoff }),
    ...(retryIf === undefined ? {} : { shouldRetry: retryIf }),
    ...(timeoutMs === undefined ? {} : { timeoutMS: timeoutMs }),
  };
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
 * least once: a process can die after the effect and before the record. The signal fires when the attempt's time is up
 * or, within about a second, when the workflow is cancelled.
 */
export function step<Result>(
  name: string,
  fn: (signal: AbortSignal) => Promise<Result>,
  options: StepOptions = {},
): Promise<Result> {
  return DBOS.runStep(
    () => {
      const status = DBOS.stepStatus;
      const signals = [status?.cancelSignal, status?.timeoutSignal].filter((signal) => signal !== undefined);
      return fn(AbortSignal.any(signals))
        .catch(neverIfLeaseLost)
        .catch((error: unknown) => {
          throw options.recorded && !isSignal(error) ? options.recorded(error) : error;
        });
    },
    { ...stepConfig(options), name },
  );
}

/** Sleeps durably inside a workflow: after a crash only the rest of the time is slept. */
export function sleep(ms: number): Promise<void> {
  return DBOS.sleep(ms);
}

/** Cancels the work and everything it started. The signals of running steps fire within about a second. */
export function cancel(workflowId: string): Promise<void> {
  return DBOS.cancelWorkflow(workflowId, { cancelChildren: true });
}

export interface Status {
  state: WorkflowState;
  workflowName: string;
  queueName: string | undefined;
  executorId: string | undefined;
  createdAt: Date;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  /** Number of recoveries after a process died or stopped. */
  recoveries: number;
  error: unknown;
}

type WorkflowState =
  | 'DELAYED'
  | 'ENQUEUED'
  | 'PENDING'
  | 'SUCCESS'
  | 'ERROR'
  | 'CANCELLED'
  | 'MAX_RECOVERY_ATTEMPTS_EXCEEDED';

function toDate(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}

function toStatus(status: WorkflowStatus): Status {
  return {
    state: status.status as WorkflowState,
    workflowName: status.workflowName,
    queueName: status.queueName,
    executorId: status.executorId,
    createdAt: new Date(status.createdAt),
    startedAt: toDate(status.dequeuedAt),
    finishedAt: toDate(status.completedAt),
    recoveries: Math.max(0, (status.recoveryAttempts ?? 0) - 1),
    error: status.error,
  };
}

/** Unknown ids are missing from the answer. */
export async function workflowStatus(ids: readonly string[]): Promise<Map<string, Status>> {
  if (ids.length === 0) return new Map();
  const found = await DBOS.listWorkflows({ workflowIDs: [...ids], loadInput: false });
  return new Map(found.map((status) => [status.workflowID, toStatus(status)]));
}
