/**
 * Takes work from the queues, in place of the engine's own loop, which asks the database about each queue at a short
 * interval and sleeps by the wall clock. Here a queue is asked about when somebody says that it has work, and when a place
 * becomes free while more may be waiting. Whatever was said to nobody is found by one look a second at all queues.
 * Like `internals.ts` this depends on what DBOS does not promise; `tests/engine/internals.process.test.ts` tests it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { WorkflowQueue, wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import { workflowTimeoutConfig } from '@dbos-inc/dbos-sdk/internal/workflow_management';
import type { Logger } from 'pino';
import { jittered } from '../jitter.ts';
import { APPLICATION_NAME } from './enqueue.ts';
import { messageOf } from './errors.ts';
import type { Queryable } from './queryable.ts';

export interface QueueSpec {
  name: string;
  /** Limit within one process. */
  workerConcurrency?: number;
}

/** How long work waits at most for an idle worker when its announcement was lost. Delays end within as long. */
const LOOK_EVERY_MS = 1_000;
/** How soon a free place is seen while more work may be waiting. Only this process's memory is looked at. */
const FULL_MS = 20;
/** After a failure of the database, which the engine has repeated already. */
const FAILED_MS = 500;
/** Our work has no deadline of the engine, which looks once a second for work that is past it. */
const DEADLINES_EVERY_MS = 60_000;

/** What the engine's queue runner calls private. */
interface QueueRunner {
  abortController?: AbortController;
  schedulerLoop(executor: DBOSExecutor): Promise<void>;
}

/**
 * Ends the delays that are over and names the queues with work. Delays end by the database's clock, in which they are
 * written: the engine would compare them with the clock of this process, and none would wait if that is ahead.
 */
const LOOK = `
  WITH due AS (
    UPDATE dbos.workflow_status
       SET status = 'ENQUEUED', updated_at = (EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint
     WHERE status = 'DELAYED' AND delay_until_epoch_ms <= EXTRACT(epoch FROM clock_timestamp()) * 1000
       AND (application_name = $1 OR application_name IS NULL)
     RETURNING queue_name)
  SELECT queue FROM unnest($2::text[]) AS queue
   WHERE EXISTS (SELECT FROM due WHERE due.queue_name = queue)
      OR EXISTS (SELECT FROM dbos.workflow_status AS work WHERE work.status = 'ENQUEUED' AND work.queue_name = queue)`;

interface ClaimsOptions {
  queues: readonly QueueSpec[];
  client: Queryable;
  executorId: string;
  applicationVersion: string;
  log: Logger;
}

/** Has the queues of this process served by this module. Must be called before the engine is launched. */
export function serveQueues(options: ClaimsOptions): Claims {
  const claims = new Claims(options);
  workflowTimeoutConfig.pollingIntervalMs = DEADLINES_EVERY_MS;
  const runner = wfQueueRunner as unknown as QueueRunner;
  runner.schedulerLoop = async (executor) => {
    const signal = runner.abortController?.signal;
    if (!signal) throw new Error('the queue runner has no signal to stop by');
    await claims.serve(executor, signal);
  };
  return claims;
}

export class Claims {
  readonly #options: ClaimsOptions;
  readonly #lines: readonly Line[];

  constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#lines = options.queues.map((spec) => new Line(spec));
  }

  /** Says that there may be work in this queue, or in any. */
  wake(queueName?: string): void {
    for (const line of this.#lines) if (queueName === undefined || line.name === queueName) line.wake();
  }

  /** Takes work until the signal fires. */
  async serve(executor: DBOSExecutor, signal: AbortSignal): Promise<void> {
    const serving = this.#lines.map((line) => this.#serveLine(line, executor, signal));
    await Promise.all([...serving, this.#look(signal)]);
  }

  async #serveLine(line: Line, executor: DBOSExecutor, signal: AbortSignal): Promise<void> {
    const { systemDatabase } = executor;
    const { executorId, applicationVersion, log } = this.#options;
    const queue = new WorkflowQueue(WorkflowQueue.recordFromParams(line.name, line.limits), false);
    while (!signal.aborted) {
      await line.called(signal);
      const running = systemDatabase.countRunningWorkflowsForQueue(line.name);
      const free = (line.limits.workerConcurrency ?? Number.POSITIVE_INFINITY) - running;
      if (free <= 0) {
        line.wake();
        await delay(FULL_MS, undefined, { signal }).catch(() => undefined);
        continue;
      }
      try {
        const claim = randomUUID();
        const taken = await systemDatabase.findAndMarkStartableWorkflows(
          queue,
          executorId,
          applicationVersion,
          undefined,
          running,
          0,
          claim,
        );
        if (taken.length >= free) line.wake();
        await executor.dispatchDequeuedWorkflows(taken, claim);
      } catch (error) {
        if (signal.aborted) return;
        log.debug({ queue: line.name, reason: messageOf(error) }, 'no work could be taken from a queue');
        line.wake();
        await delay(jittered(FAILED_MS, 0.5), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { client, log } = this.#options;
    const names = this.#lines.map(({ name }) => name);
    while (!signal.aborted) {
      try {
        const { rows } = await client.query(LOOK, [APPLICATION_NAME, names]);
        for (const { queue } of rows as { queue: string }[]) this.wake(queue);
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'the queues could not be looked at');
      }
      await delay(jittered(LOOK_EVERY_MS, 0.1), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One queue as this process sees it. */
class Line {
  readonly name: string;
  readonly limits: Omit<QueueSpec, 'name'>;
  #called = Promise.withResolvers<void>();

  constructor({ name, ...limits }: QueueSpec) {
    this.name = name;
    this.limits = limits;
  }

  wake(): void {
    this.#called.resolve();
  }

  /** Resolves when somebody has called since the last time, or with the signal. */
  async called(signal: AbortSignal): Promise<void> {
    const stop = () => this.wake();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await this.#called.promise;
    signal.removeEventListener('abort', stop);
    this.#called = Promise.withResolvers<void>();
  }
}
