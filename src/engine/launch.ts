import { setTimeout as delay } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import type pg from 'pg';
import type { Logger } from 'pino';
import { openPool, postgresAddress } from '../postgres/pool.ts';
import { type Claims, type QueueSpec, serveQueues } from './claims.ts';
import { engineLog } from './engine-log.ts';
import { APPLICATION_NAME } from './enqueue.ts';
import { endQueues } from './internals.ts';
import { APPLICATION_VERSION } from './version.ts';

export interface EngineOptions {
  databaseUrl: string;
  /** The id of this process's lease: its work is taken over when that lease ends. New for every process. */
  executorId: string;
  /** Only for tests of what a version means. */
  applicationVersion?: string;
  /** With `none` the process enqueues, cancels and reads work, but runs none. */
  queues: readonly QueueSpec[] | 'none';
  log: Logger;
  poolSize?: number;
  /** Called after this machine's clock was set. */
  onClockSet?: () => Promise<void>;
}

const DEFAULT_POOL_SIZE = 10;
/** We use neither its notifications nor its schedules, for which it would look every 10 ms and every second. */
const SELDOM_MS = 60_000;

interface Running {
  pool: pg.Pool;
  claims: Claims;
  log: Logger;
  clock: WallClockWatch;
}
let running: Running | undefined;
let stopping: Promise<void> | undefined;

function openEnginePool({ databaseUrl, poolSize = DEFAULT_POOL_SIZE, log }: EngineOptions): pg.Pool {
  return openPool({
    databaseUrl,
    name: 'afterword-engine',
    max: poolSize,
    log,
    // Frees the locks of a process that was frozen inside a transaction; the engine sets this only on its own pool.
    idleInTransactionMs: 60_000,
  });
}

/** Launches the engine. Workflows must be registered, the lease acquired and the database migrated before. */
export async function launchEngine(options: EngineOptions): Promise<void> {
  if (running) throw new Error('The engine is already launched in this process');
  const { queues, log } = options;
  const specs = queues === 'none' ? [] : queues;
  const pool = openEnginePool(options);
  const { executorId, applicationVersion = APPLICATION_VERSION } = options;
  const claims = serveQueues({ queues: specs, client: pool, executorId, applicationVersion, log });
  DBOS.setConfig({
    name: APPLICATION_NAME,
    systemDatabaseUrl: postgresAddress(options.databaseUrl),
    systemDatabasePool: pool,
    applicationVersion,
    executorID: executorId,
    listenQueues: specs.map(({ name }) => name),
    runMigrations: false,
    notificationCoalesceMs: SELDOM_MS,
    schedulerPollingIntervalMs: SELDOM_MS,
    logger: engineLog(log),
  });
  try {
    await DBOS.launch();
  } catch (error) {
    await DBOS.shutdown().catch(() => undefined);
    await pool.end();
    throw error;
  }
  const clock = watchWallClock(async (stepMs) => {
    log.warn({ stepMs }, "this machine's clock was set");
    try {
      await options.onClockSet?.();
    } catch (error) {
      log.warn({ err: error }, 'the times of next attempts could not be corrected after the clock was set');
    }
  });
  running = { pool, claims, log, clock };
}

/** Says that there may be work in this queue, or in any. Without it, work is found within a second. */
export function wakeQueue(queueName?: string): void {
  running?.claims.wake(queueName);
}

/**
 * Takes no more work and waits for running work. Work that still runs after `drainMs` stays PENDING under this
 * executor's id and goes to another one when the lease is released.
 */
export function stopEngine({ drainMs }: { drainMs: number }): Promise<void> {
  if (stopping) return stopping;
  if (!running) return Promise.resolve();
  const { pool, log, clock } = running;
  stopping = (async () => {
    try {
      await clock.stop();
      await endQueues();
      await DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs });
    } finally {
      // Ends only when every borrowed connection is back, which may never happen with a workflow that was not waited
      // for.
      const ended = pool.end();
      ended.catch((error) => log.debug({ reason: String(error) }, 'engine pool'));
      if (pool.totalCount - pool.idleCount === 0) await ended;
      running = undefined;
      stopping = undefined;
    }
  })();
  return stopping;
}

/** NTP slews a clock by 0.5 ms a second at most; setting a clock makes a larger step. */
const STEP_MS = 2_000;
const LOOK_MS = 1_000;

interface WallClockWatch {
  stop(): Promise<void>;
}

/**
 * Compares this machine's clock with elapsed time once a second, and reports when the clock was set. Otherwise, what
 * waits for a time of the wall clock would wait for as long as the clock was set back.
 * @param onStep gets the milliseconds; one call ends before the next begins
 */
function watchWallClock(onStep: (stepMs: number) => Promise<void>): WallClockWatch {
  const stopped = new AbortController();
  const offset = () => Date.now() - performance.now();

  async function run(): Promise<void> {
    let before = offset();
    while (!stopped.signal.aborted) {
      await delay(LOOK_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      const now = offset();
      const stepMs = Math.round(now - before);
      before = now;
      if (Math.abs(stepMs) > STEP_MS && !stopped.signal.aborted) await onStep(stepMs);
    }
  }
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
