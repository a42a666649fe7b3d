import type { Queryable } from './queryable.ts';

/**
 * This application's name in the engine's tables: an executor takes rows with its own name and rows without one. It is
 * part of the stored data, so it never changes.
 */
export const APPLICATION_NAME = 'afterword';

/**
 * The channel on which enqueued work is announced after its commit, by the name of its queue. Processes of two versions
 * must agree on it, so it never changes.
 */
export const WORK_CHANNEL = 'afterword_work';

export interface EnqueueRequest {
  workflowName: string;
  queueName: string;
  /** Also the idempotency key: a second enqueue of the same id does nothing, even after the first has finished. */
  workflowId: string;
  /** JSON values only, because the engine stores them in its portable form. */
  args: unknown[];
  /** Lower runs first; 0 (the default) is the most urgent. */
  priority?: number;
  delayMs?: number;
}

/**
 * Enqueues inside the caller's transaction: the work exists if and only if the rows it is about exist.
 * The row names no application version, so the first executor of the current version that polls takes it.
 * A delay counts from the database's clock, like every other time in the queue.
 */
export async function enqueueInTransaction(client: Queryable, request: EnqueueRequest): Promise<void> {
  await client.query(
    `SELECT dbos.enqueue_workflow(
        workflow_name => $1, queue_name => $2, workflow_id => $3, positional_args => $4::json[],
        priority => $5::int4, application_name => $6,
        delay_until_epoch_ms => (EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint + $7::bigint)`,
    [
      request.workflowName,
      request.queueName,
      request.workflowId,
      request.args.map((argument) => JSON.stringify(argument ?? null)),
      request.priority ?? 0,
      APPLICATION_NAME,
      // NULL plus a time is NULL, which is "at once".
      request.delayMs ? Math.ceil(request.delayMs) : null,
    ],
  );
}
