/**
 * Contains, with `claims.ts`, everything that depends on what DBOS exports as internal or stores in its own tables. The version is pinned,
 * and `tests/engine/internals.process.test.ts` tests each part, so an upgrade that changes one fails there and not
 * during a take-over.
 */

import type { DLogger } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { migrateSystemDatabase, verifySystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { GlobalLogger } from '@dbos-inc/dbos-sdk/internal/telemetry/logs';
import { APPLICATION_NAME } from './enqueue.ts';
import type { Queryable } from './queryable.ts';

/** Says whether the engine's tables are as this version needs them, or newer. Changes nothing. */
export async function isMigrated(databaseUrl: string, logger: DLogger): Promise<boolean> {
  try {
    await verifySystemDatabase(databaseUrl, new GlobalLogger(undefined, { logger }));
    return true;
  } catch (error) {
    if (error instanceof Error && /schema version|does not exist|no schema/i.test(error.message))
      return false;
    throw error;
  }
}

/** Migrates without output: the public `DBOS.migrate` writes to standard output, which belongs to the command line. */
export async function migrate(databaseUrl: string, logger: DLogger): Promise<void> {
  await migrateSystemDatabase(databaseUrl, new GlobalLogger(undefined, { logger }));
}

/**
 * Puts the work of a dead executor back into its queues, where a living one takes it at its next poll. Safe to repeat
 * and to run in several processes: it moves only rows that are still PENDING under exactly that executor.
 */
export async function recoverFrom(executorId: string): Promise<number> {
  return (await launched().recoverPendingWorkflows([executorId])).length;
}

function launched(): DBOSExecutor {
  const executor = DBOSExecutor.globalInstance;
  if (!executor?.initialized) throw new Error('The engine has not been launched');
  return executor;
}

/**
 * Lists executors with work in progress. Only work of our version counts, as in recovery: steps that another version
 * recorded may not fit. Work of a version that no process runs starts over (`startAnew`).
 */
export async function executorsWithWork(client: Queryable, applicationVersion: string): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT DISTINCT executor_id FROM dbos.workflow_status
      WHERE status = 'PENDING' AND application_version = $1 AND executor_id IS NOT NULL`,
    [applicationVersion],
  );
  return (rows as { executor_id: string }[]).map((row) => row.executor_id);
}

export interface WorkClaim {
  workflowId: string;
  /** Identifies this claim of the work. */
  token: string;
}

/**
 * Lists work that this executor has claimed and does not run. For a moment that is so between each claim and its run.
 * If it lasts, the claim was committed and its answer was lost with the connection, or the row could not be read. The
 * engine gives work back only when its executor is dead, and this one lives.
 */
export async function claimsNotRun(client: Queryable, executorId: string): Promise<WorkClaim[]> {
  const engine = DBOSExecutor.globalInstance?.systemDatabase;
  if (!engine) return [];
  const { rows } = await client.query(
    `SELECT workflow_uuid AS "workflowId", owner_xid AS token FROM dbos.workflow_status
      WHERE status = 'PENDING' AND executor_id = $1 AND owner_xid IS NOT NULL AND queue_name IS NOT NULL`,
    [executorId],
  );
  return (rows as WorkClaim[]).filter(({ workflowId }) => !engine.checkForRunningWorkflow(workflowId));
}

/** Puts claimed work back into its queue, unless it has ended or was claimed again since. */
export async function returnToQueue(
  client: Queryable,
  executorId: string,
  claim: WorkClaim,
): Promise<boolean> {
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

/** Reads the state of each piece of work; unknown ids are missing from the answer. */
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

/** Lists the work that a queue hands out next, in that order. */
export async function firstInLine(
  client: Queryable,
  queueName: string,
  most: number,
): Promise<{ workflowId: string; priority: number }[]> {
  const { rows } = await client.query(
    `SELECT workflow_uuid AS "workflowId", priority FROM dbos.workflow_status
      WHERE status = 'ENQUEUED' AND queue_name = $1 ORDER BY priority, created_at LIMIT $2`,
    [queueName, most],
  );
  return rows as { workflowId: string; priority: number }[];
}

/** Says whether work whose id begins with this prefix is queued, delayed or running. */
export async function hasLiveWork(client: Queryable, idPrefix: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM dbos.workflow_status
      WHERE starts_with(workflow_uuid, $1) AND status IN ('ENQUEUED', 'DELAYED', 'PENDING') LIMIT 1`,
    [idPrefix],
  );
  return rows.length > 0;
}

export interface Abandoned {
  workflowId: string;
  version: string;
}

/**
 * Lists unfinished work of a version that no living executor runs, so that nobody could continue it. Work without a
 * version can be run by anybody and is not listed.
 */
export async function abandonedWork(client: Queryable, applicationVersion: string): Promise<Abandoned[]> {
  const { rows } = await client.query(
    `SELECT workflow_uuid AS "workflowId", application_version AS version FROM dbos.workflow_status AS work
      WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND queue_name IS NOT NULL
        AND application_version <> $1
        AND NOT EXISTS (
          SELECT FROM afterword_engine.executors AS living
           WHERE living.dead_at IS NULL AND living.application_version = work.application_version)
      LIMIT 1000`,
    [applicationVersion],
  );
  return rows as Abandoned[];
}

/**
 * Starts work over as a new attempt that any version may take. Its recorded steps are deleted; what they stored stays.
 * Steps run at least once anyway, so each of them finds what is stored. Work that has ended or was continued since is
 * not changed.
 */
export async function startAnew(client: Queryable, { workflowId, version }: Abandoned): Promise<boolean> {
  const { rows } = await client.query(
    `WITH anew AS (
       UPDATE dbos.workflow_status
          SET status = CASE WHEN status = 'DELAYED' THEN status ELSE 'ENQUEUED' END, application_version = NULL,
              owner_xid = NULL, started_at_epoch_ms = NULL, recovery_attempts = 0,
              updated_at = (EXTRACT(epoch FROM clock_timestamp()) * 1000)::bigint
        WHERE workflow_uuid = $1 AND application_version = $2 AND status IN ('PENDING', 'ENQUEUED', 'DELAYED')
        RETURNING workflow_uuid),
     steps AS (
       DELETE FROM dbos.operation_outputs USING anew
        WHERE operation_outputs.workflow_uuid = anew.workflow_uuid)
     SELECT 1 FROM anew`,
    [workflowId, version],
  );
  return rows.length > 0;
}

/**
 * Lets the newest living version take work without a version. The engine gives it to the version registered last, by
 * time. A version registered while the clock was wrong, or one taken back after a bad deployment, would leave the other
 * workers idle for ever. If only one version or none is registered, the time does not matter.
 */
export async function forgetOtherVersions(client: Queryable): Promise<void> {
  await client.query(
    `DELETE FROM dbos.application_versions
      WHERE (application_name = $1 OR application_name IS NULL)
        AND version_name <> (
          SELECT application_version FROM afterword_engine.executors WHERE dead_at IS NULL
           ORDER BY length(application_version) DESC, application_version DESC LIMIT 1)`,
    [APPLICATION_NAME],
  );
}

/** Ends the taking of work from the queues. Safe to repeat. */
export async function endQueues(): Promise<void> {
  await launched().deactivateEventReceivers();
}

/**
 * Shortens delays by the amount by which the database's clock was set back, so that each lasts as long as intended.
 * That amount is known from the latest time that the clock has shown to any process, kept in one row, and for work
 * enqueued in between from its own time, which lies in the future. A clock that is set forward ends delays early, which
 * does no harm. Several processes may call this at once; the row's lock lets one of them do it.
 * @returns the milliseconds by which the clock was set back, and the number of delays that were shortened
 */
export async function rebaseDelays(client: Queryable): Promise<{ backMs: number; rebased: number }> {
  const { rows } = await client.query(
    `WITH before AS MATERIALIZED (
       SELECT latest FROM afterword_engine.clock
        -- What is lost in a power cut is written again within seconds, so nobody waits for the disk.
        WHERE set_config('synchronous_commit', 'off', true) = 'off' FOR UPDATE),
     now AS MATERIALIZED (
       SELECT clock_timestamp() AS at, latest FROM before),
     step AS MATERIALIZED (
       SELECT at, (EXTRACT(epoch FROM at) * 1000)::bigint AS now_ms,
              CASE WHEN latest > at + interval '2 seconds'
                   THEN (EXTRACT(epoch FROM latest - at) * 1000)::bigint ELSE 0 END AS back_ms FROM now),
     shown AS (
       UPDATE afterword_engine.clock SET latest = step.at FROM step),
     rebased AS (
       UPDATE dbos.workflow_status AS work
          SET delay_until_epoch_ms = greatest(0, delay_until_epoch_ms - greatest(back_ms, created_at - now_ms)),
              created_at = least(created_at, now_ms)
         FROM step
        WHERE status = 'DELAYED' AND (back_ms > 0 OR created_at > now_ms + 2000)
        RETURNING 1)
     SELECT back_ms::float8 AS "backMs", (SELECT count(*) FROM rebased)::int AS rebased FROM step`,
    [],
  );
  return (rows[0] as { backMs: number; rebased: number } | undefined) ?? { backMs: 0, rebased: 0 };
}

/** Reads how long delayed work still waits, by the database's clock; ids that are not delayed are missing. */
export async function remainingDelays(
  client: Queryable,
  workflowIds: readonly string[],
): Promise<Map<string, number>> {
  if (workflowIds.length === 0) return new Map();
  const { rows } = await client.query(
    `SELECT workflow_uuid AS id, (delay_until_epoch_ms - EXTRACT(epoch FROM clock_timestamp()) * 1000)::float8 AS ms
       FROM dbos.workflow_status WHERE status = 'DELAYED' AND workflow_uuid = ANY($1)`,
    [workflowIds],
  );
  return new Map((rows as { id: string; ms: number }[]).map(({ id, ms }) => [id, Math.max(0, ms)]));
}

const FINISHED = `'SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'`;

/** The tables with the inputs and results of work; no foreign key ties them to its row. */
const PAYLOADS = ['workflow_input', 'workflow_output', 'operation_outputs'] as const;

/** Deletes the rows of work that a condition selects, with everything recorded about it. @returns their number */
async function deleteWork(client: Queryable, condition: string, values: unknown[]): Promise<number> {
  const payloads = PAYLOADS.map(
    (table) =>
      `${table} AS (DELETE FROM dbos.${table} p USING gone WHERE p.workflow_uuid = gone.workflow_uuid)`,
  );
  const { rows } = await client.query(
    `WITH gone AS (DELETE FROM dbos.workflow_status WHERE ${condition} RETURNING workflow_uuid),
       ${payloads.join(', ')}
     SELECT workflow_uuid FROM gone`,
    values,
  );
  return rows.length;
}

/**
 * Deletes work that ended before `keepMs` ago, the oldest first and at most `limit` rows. Running it again would be
 * harmless, since every stage asks whether it is still wanted.
 * @returns the number of deleted rows
 */
export async function deleteFinishedWork(client: Queryable, keepMs: number, limit: number): Promise<number> {
  return await deleteWork(
    client,
    `workflow_uuid IN (
       SELECT workflow_uuid FROM dbos.workflow_status, (
           SELECT EXTRACT(epoch FROM clock_timestamp()) * 1000 - $1::bigint AS before) AS cutoff
        WHERE status IN (${FINISHED}) AND created_at < before AND coalesce(completed_at, updated_at) < before
        ORDER BY created_at LIMIT $2 FOR UPDATE OF workflow_status SKIP LOCKED)`,
    [keepMs, limit],
  );
}

/** Selects work by its own ids, which an index finds, or by what it is about, which reads all rows. */
type Work = { ids: readonly string[] } | { about: readonly string[] };

/**
 * Deletes all work about deleted data, in the transaction that deletes the data. Work that a process is running still
 * needs its row to end.
 * @returns the ids of that running work
 */
export async function forgetWork(client: Queryable, work: Work): Promise<string[]> {
  const [which, values] =
    'ids' in work
      ? ['workflow_uuid = ANY($1)', work.ids]
      : // The ids of our work are `<workflow>:<what it is about>:…`.
        [`split_part(workflow_uuid, ':', 2) = ANY($1)`, work.about];
  if (values.length === 0) return [];
  await deleteWork(client, `${which} AND status <> 'PENDING'`, [values]);
  const { rows } = await client.query(`SELECT workflow_uuid FROM dbos.workflow_status WHERE ${which}`, [
    values,
  ]);
  return (rows as { workflow_uuid: string }[]).map((row) => row.workflow_uuid);
}

/** Deletes the part of this work that has ended by now. @returns the ids of work that no longer exists */
export async function forgetEndedWork(client: Queryable, workflowIds: readonly string[]): Promise<string[]> {
  if (workflowIds.length === 0) return [];
  await deleteWork(client, `workflow_uuid = ANY($1) AND status IN (${FINISHED})`, [workflowIds]);
  const left = await statesOf(client, workflowIds);
  return workflowIds.filter((id) => !left.has(id));
}
