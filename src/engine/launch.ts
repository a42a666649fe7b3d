import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { Logger } from 'pino';
import { engineLog } from './engine-log.ts';
import { APPLICATION_NAME } from './enqueue.ts';
import { surviveLostConnections } from './lost-connections.ts';

/**
 * Which executors may continue which work. The engine's default, a hash of the source, would strand the work
 * in progress at every deployment. Raise it only when a workflow changes so that its recorded steps no longer fit, and
 * keep a worker of the old version until its work has run dry.
 */
export const APPLICATION_VERSION = '1';

interface QueueSpec {
  name: string;
  /** At most so many at once over all processes. */
  globalConcurrency?: number;
  /** At most so many at once in one process. */
  workerConcurrency?: number;
  rateLimit?: { limitPerPeriod: number; periodSec: number };
  /** Any partition limit makes the queue a partitioned one: every enqueue must then name a partition key. */
  partitionConcurrency?: number;
  partitionWorkerConcurrency?: number;
  pollMs?: number;
}

export interface EngineOptions {
  databaseUrl: string;
  /** The id of this process's lease: work is taken over when that lease ends. Fresh for every process. */
  executorId: string;
  /** Only for tests of what a version means. */
  applicationVersion?: string;
  /** `none` is a process that enqueues, cancels and looks, but runs nothing. */
  queues: readonly QueueSpec[] | 'none';
  log: Logger;
  poolSize?: number;
}

/** The engine's queues are polled; half of this is the mean wait of a job for an idle worker. */
const DEFAULT_POLL_MS = 100;
const DEFAULT_POOL_SIZE = 10;

interface Running {
  pool: pg.Pool;
  log: Logger;
}
let running: Running | undefined;
let stopping: Promise<void> | undefined;

function openPool({ databaseUrl, poolSize = DEFAULT_POOL_SIZE, log }: EngineOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    application_name: 'afterword-engine',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    // Frees the locks of a process that was frozen inside a transaction; the engine only sets it on its own pool.
    idle_in_transaction_session_timeout: 60_000,
  });
  // An idle connection that breaks (a restart of the database) emits an error, which is fatal if nobody listens.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'engine connection lost'));
  surviveLostConnections(pool);
  return pool;
}

/** Workflows must have been registered before, the lease acquired, and the database migrated. */
export async function launchEngine(options: EngineOptions): Promise<void> {
  if (running) throw new Error('The engine is already launched in this process');
  const { queues, log } = options;
  const specs = queues === 'none' ? [] : queues;
  const pool = openPool(options);
  DBOS.setConfig({
    name: APPLICATION_NAME,
    systemDatabaseUrl: options.databaseUrl,
    systemDatabasePool: pool,
    applicationVersion: options.applicationVersion ?? APPLICATION_VERSION,
    executorID: options.executorId,
    listenQueues: specs.map((queue) => queue.name),
    runMigrations: false,
    logger: engineLog(log),
  });
  try {
    await DBOS.launch();
    for (const { name, pollMs = DEFAULT_POLL_MS, ...limits } of specs) {
      await DBOS.registerQueue(name, { ...limits, minPollingIntervalMs: pollMs });
    }
  } catch (error) {
    await DBOS.shutdown().catch(() => undefined);
    await pool.end();
    throw error;
  }
  running = { pool, log };
}

/**
 * Takes no more work and waits for what runs here. What is still running after `drainMs` stays PENDING under
 * this executor's id and goes to another one when the lease is released.
 */
export function stopEngine({ drainMs }: { drainMs: number }): Promise<void> {
  if (stopping) return stopping;
  if (!running) return Promise.resolve();
  const { pool, log } = running;
  stopping = (async () => {
    try {
      await DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs });
    } finally {
      // Ends only once every borrowed connection is back, which a workflow that was not waited for may never do.
      const ended = pool.end();
      ended.catch((error) => log.debug({ reason: String(error) }, 'engine pool'));
      if (pool.totalCount - pool.idleCount === 0) await ended;
      running = undefined;
      stopping = undefined;
    }
  })();
  return stopping;
}
