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
  await enqueueAllInTransaction(client, [request]);
}

/** Enqueues in one statement, because a phone sends many files at once. */
export async function enqueueAllInTransaction(
  client: Queryable,
  requests: readonly EnqueueRequest[],
): Promise<void> {
  const rows = requests.map(
    ({ workflowName, queueName, workflowId, args, priority = 0, delayMs }, place) => ({
      place,
      workflow_name: workflowName,
      queue_name: queueName,
      workflow_id: workflowId,
      args: args.map((argument) => argument ?? null),
      priority,
      // NULL plus a time is NULL, which is "at once".
      delay_ms: delayMs ? Math.ceil(delayMs) : null,
    }),
  );
  await client.query(
    `SELECT dbos.enqueue_workflow(
        workflow_name => work.workflow_name, queue_name => work.queue_name, workflow_id => work.workflow_id,
        positional_args => ARRAY(SELECT value FROM json_array_elements(work.args)),
        priority => work.priority, application_name => $2,
        delay_until_epoch_ms => (EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint + work.delay_ms)
       FROM (SELECT * FROM json_to_recordset($1::json) AS work (
               place int4, workflow_name text, queue_name text, workflow_id text, args json, priority int4, delay_ms int8)
              ORDER BY place) AS work`,
    [JSON.stringify(rows), APPLICATION_NAME],
  );
}
