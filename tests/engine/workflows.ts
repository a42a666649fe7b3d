/** What the tests of the engine do with workflows; the project itself enqueues and leaves them to the engine. */
import { DBOS, type WorkflowHandle, type WorkflowStatus } from '@dbos-inc/dbos-sdk';
import type { Workflow } from '../../src/engine/dbos.ts';

/** The engine looks once a second for the result of work that another process does; a person may be waiting. */
const RESULT_POLL_MS = 150;

interface StartOptions {
  /**
   * Not optional: work without a queue would, when its process dies, go to the engine's internal queue, which every
   * process polls, also one that runs nothing. And not the parent's: a waiting parent keeps its place there.
   */
  queueName: string;
  workflowId?: string;
  priority?: number;
  delayMs?: number;
}

interface Started<Result> {
  readonly workflowId: string;
  result(): Promise<Result>;
}

function started<Result>(handle: WorkflowHandle<Result>): Started<Result> {
  return {
    workflowId: handle.workflowID,
    result: () => handle.getResult({ pollingIntervalMs: RESULT_POLL_MS }),
  };
}

/** Enqueues; from inside a workflow the started one is its child, and replaying the parent finds it again. */
export async function startWorkflow<Args extends unknown[], Result>(
  workflow: Workflow<Args, Result>,
  options: StartOptions,
  ...args: Args
): Promise<Started<Result>> {
  const { queueName, workflowId, priority, delayMs } = options;
  const start = DBOS.startWorkflow(workflow.run, {
    queueName,
    ...(workflowId === undefined ? {} : { workflowID: workflowId }),
    enqueueOptions: {
      ...(priority === undefined ? {} : { priority }),
      ...(delayMs === undefined ? {} : { delaySeconds: delayMs / 1000 }),
    },
  });
  return started(await start(...args));
}

/** Durable inside a workflow: after a crash only what is left of it is slept. */
export function sleep(ms: number): Promise<void> {
  return DBOS.sleep(ms);
}

/** Cancels the work and everything it started. Running steps see their signal fire within about a second. */
export function cancel(workflowId: string): Promise<void> {
  return DBOS.cancelWorkflow(workflowId, { cancelChildren: true });
}

interface Status {
  state: WorkflowState;
  workflowName: string;
  queueName: string | undefined;
  executorId: string | undefined;
  createdAt: Date;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  /** How often it was taken up again after a process died or stopped. */
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

/** Ids that do not exist are missing from the answer. */
export async function workflowStatus(ids: readonly string[]): Promise<Map<string, Status>> {
  if (ids.length === 0) return new Map();
  const found = await DBOS.listWorkflows({ workflowIDs: [...ids], loadInput: false });
  return new Map(found.map((status) => [status.workflowID, toStatus(status)]));
}
