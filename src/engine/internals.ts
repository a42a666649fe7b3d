/**
 * Everything in Afterword that leans on what DBOS exports as internal or stores in its own tables. The version is
 * pinned, and `tests/engine/internals.test.ts` says what each of these must do, so an upgrade that moves one
 * fails there and not in the middle of a take-over.
 */

import type { DLogger } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { migrateSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { GlobalLogger } from '@dbos-inc/dbos-sdk/internal/telemetry/logs';
import type { Queryable } from './queryable.ts';

/** The public `DBOS.migrate` does the same but writes to standard output, which belongs to the command line. */
export async function migrate(databaseUrl: string, logger: DLogger): Promise<void> {
  await migrateSystemDatabase(databaseUrl, new GlobalLogger(undefined, { logger }));
}

/**
 * Puts what a dead executor was running back into its queues; a live one picks it up with its next poll. Safe to
 * repeat and to run in several processes: it moves only rows that are still PENDING under exactly that executor.
 */
export async function recoverFrom(executorId: string): Promise<number> {
  const executor = DBOSExecutor.globalInstance;
  if (!executor?.initialized) throw new Error('The engine has not been launched');
  return (await executor.recoverPendingWorkflows([executorId])).length;
}

/**
 * Executors that have work in progress. Restricted to our version, as recovery is: work of a version that no
 * process runs must wait for one that does.
 */
export async function executorsWithWork(client: Queryable, applicationVersion: string): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT DISTINCT executor_id FROM dbos.workflow_status
      WHERE status = 'PENDING' AND application_version = $1 AND executor_id IS NOT NULL`,
    [applicationVersion],
  );
  return (rows as { executor_id: string }[]).map((row) => row.executor_id);
}

export interface Claim {
  workflowId: string;
  /** Names this one taking of it from the queue. */
  token: string;
}

/**
 * Work that this executor has claimed, for longer than `olderThanMs`, and does not run: the claim was committed and the
 * word of it got lost with its connection, or the row could not be read between the claim and the run. The engine
 * gives work back only when its executor is dead, and this one lives.
 */
export async function strandedClaims(
  client: Queryable,
  executorId: string,
  olderThanMs: number,
): Promise<Claim[]> {
  const engine = DBOSExecutor.globalInstance?.systemDatabase;
  if (!engine) return [];
  const { rows } = await client.query(
    `SELECT workflow_uuid AS "workflowId", owner_xid AS token FROM dbos.workflow_status
      WHERE status = 'PENDING' AND executor_id = $1 AND owner_xid IS NOT NULL AND queue_name IS NOT NULL
        AND started_at_epoch_ms < EXTRACT(epoch FROM clock_timestamp()) * 1000 - $2`,
    [executorId, olderThanMs],
  );
  return (rows as Claim[]).filter(({ workflowId }) => !engine.checkForRunningWorkflow(workflowId));
}

/** Puts it back into its queue, unless it has ended or has been claimed anew since. */
export async function giveBack(client: Queryable, executorId: string, claim: Claim): Promise<boolean> {
  const { rows } = await client.query(
    `UPDATE dbos.workflow_status
        SET status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL,
            updated_at = (EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint
      WHERE workflow_uuid = $1 AND status = 'PENDING' AND executor_id = $2 AND owner_xid = $3
      RETURNING 1`,
    [claim.workflowId, executorId, claim.token],
  );
  return rows.length > 0;
}

/** How each piece of work stands; ids that the engine does not know are missing from the answer. */
export async function statesOf(
  client: Queryable,
  workflowIds: readonly string[],
): Promise<Map<string, string>> {
  if (workflowIds.length === 0) return new Map();
  const { rows } = await client.query(
    'SELECT workflow_uuid, status FROM dbos.workflow_status WHERE workflow_uuid = ANY($1)',
    [workflowIds],
  );
  return new Map(
    (rows as { workflow_uuid: string; status: string }[]).map((row) => [row.workflow_uuid, row.status]),
  );
}

/** Whether any work whose id begins so is queued, delayed or running. */
export async function hasLiveWork(client: Queryable, idPrefix: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM dbos.workflow_status
      WHERE starts_with(workflow_uuid, $1) AND status IN ('ENQUEUED', 'DELAYED', 'PENDING') LIMIT 1`,
    [idPrefix],
  );
  return rows.length > 0;
}
