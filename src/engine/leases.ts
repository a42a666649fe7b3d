import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { openClient, openPool } from '../postgres/pool.ts';
import { EngineError, messageOf } from './errors.ts';
import { ensureLeaseTables } from './lease-tables.ts';
import type { Queryable } from './queryable.ts';
import { APPLICATION_VERSION } from './version.ts';

/**
 * A process without a heartbeat for this long counts as dead. It is three heartbeats, so that two may be lost. With the
 * reaper's interval of 0.5 s (one look to see the last heartbeat, one to miss the next), a killed worker's work runs again
 * within 2 to 4.1 s.
 */
export const LEASE_MS = 3_000;
const BEAT_MS = 1_000;
/** A heartbeat that takes longer than this counts as failed, so that there are at least three attempts per lease. */
const BEAT_TIMEOUT_MS = 900;

export interface Lease {
  readonly executorId: string;
  /** Fires when the lease has been declared dead, because others then do this process's work. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds since heartbeats last failed; 0 while they fail. Then it is unknown whether the lease is held: after a
   * database outage it usually still is, which is why this neither fires the signal nor stops the work.
   */
  healthyForMs(): number;
  /**
   * This is the fence. Inside a transaction it throws `lease_lost` unless the lease is held, and keeps the lease from
   * being declared dead until the transaction ends. Every transaction that changes something calls it first.
   */
  assertHeld(client: Queryable): Promise<void>;
  /**
   * Passes the fence and locks what a transaction is about, in one statement.
   * @param subject common table expressions, the last of them called `subject`; they lock nothing unless there is a row in
   * `fence`, and their parameters begin with $2
   * @returns the row of `subject`; its columns are null if there is none
   */
  lockHeld<Row>(client: Queryable, subject: string, values: readonly unknown[]): Promise<Row>;
  /** Gives the lease up, so that others take this executor's unfinished work at once. Call it after `stopEngine`. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  databaseUrl: string;
  log: Logger;
  /** Only for tests of what a version means. */
  applicationVersion?: string;
  /**
   * The process must end and be started again as a new executor: others own its work now, its results are refused, and
   * its steps do not return.
   */
  onLost: () => void;
}

function openBeats({ databaseUrl, log }: LeaseOptions): pg.Pool {
  // Heartbeats use a connection of their own, because they must not wait in the pool behind the work.
  return openPool({
    databaseUrl,
    name: 'afterword-lease',
    max: 1,
    log,
    connectWithinMs: BEAT_TIMEOUT_MS,
    queryWithinMs: BEAT_TIMEOUT_MS,
  });
}

async function register(
  { databaseUrl, log, applicationVersion = APPLICATION_VERSION }: LeaseOptions,
  executorId: string,
): Promise<void> {
  const client = await openClient({ databaseUrl, name: 'afterword-lease', log });
  try {
    await ensureLeaseTables(client);
    await client.query(
      `WITH executor AS (
         INSERT INTO afterword_engine.executors (id, host, pid, application_version)
         VALUES ($1, $2, $3, $4) RETURNING id)
       INSERT INTO afterword_engine.heartbeats (executor_id) SELECT id FROM executor`,
      [executorId, hostname(), process.pid, applicationVersion],
    );
  } finally {
    await client.end();
  }
}

/**
 * A heartbeat is a value that changes; its time is for people (`silence.ts`). A heartbeat lost in a power cut costs
 * nothing, so it does not wait for the disk. A missing row means that the lease was declared dead.
 */
const BEAT = `
  UPDATE afterword_engine.heartbeats SET beat_at = clock_timestamp()
   WHERE executor_id = $1
     AND EXISTS (SELECT 1 FROM afterword_engine.executors WHERE id = $1 AND dead_at IS NULL)
     AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'`;

/**
 * The share lock delays the reaper's update of the row. A process frozen in between would delay it for ever, so the
 * server ends the transaction after it has been idle for a lease time.
 */
const FENCE = `
  SELECT set_config('idle_in_transaction_session_timeout', '${LEASE_MS}', true)
    FROM afterword_engine.executors WHERE id = $1 AND dead_at IS NULL FOR SHARE`;

export async function acquireLease(options: LeaseOptions): Promise<Lease> {
  const { log } = options;
  const executorId = randomUUID();
  await register(options, executorId);
  const pool = openBeats(options);
  const lost = new AbortController();
  const released = new AbortController();

  // Monotonic time, because the wall clock can be set. It stands still while a laptop sleeps, but this process does not
  // look then either.
  let lastBeat = performance.now();
  let healthySince: number | undefined = lastBeat;

  function sinceLastBeat(): number {
    return performance.now() - lastBeat;
  }

  function lose(): void {
    const error = new EngineError('lease_lost', `Executor ${executorId} has been declared dead`);
    log.error(
      { executorId },
      'this worker sent no heartbeat for too long, and others take over its work: it ends',
    );
    lost.abort(error);
    options.onLost();
  }

  async function beat(): Promise<void> {
    // Counted from before the query: what matters is when the row was written, not when the answer came.
    const started = performance.now();
    try {
      const { rowCount } = await pool.query(BEAT, [executorId]);
      if (released.signal.aborted) return;
      if (rowCount === 0) return lose();
      if (healthySince === undefined || sinceLastBeat() > LEASE_MS) healthySince = started;
      lastBeat = started;
    } catch (error) {
      // An outage is logged once, not every second.
      log[healthySince === undefined ? 'debug' : 'warn']({ reason: messageOf(error) }, 'heartbeat failed');
      healthySince = undefined;
    }
  }

  async function keepBeating(): Promise<void> {
    while (!released.signal.aborted && !lost.signal.aborted) {
      const started = performance.now();
      await beat();
      const rest = Math.max(0, BEAT_MS - (performance.now() - started));
      await delay(rest, undefined, { signal: released.signal, ref: false }).catch(() => undefined);
    }
  }
  const beating = keepBeating();

  return {
    executorId,
    signal: lost.signal,
    healthyForMs() {
      if (lost.signal.aborted || healthySince === undefined || sinceLastBeat() > LEASE_MS) return 0;
      return performance.now() - healthySince;
    },
    async assertHeld(client) {
      lost.signal.throwIfAborted();
      const { rows } = await client.query(FENCE, [executorId]);
      if (rows.length === 0) {
        throw new EngineError('lease_lost', `Executor ${executorId} has been declared dead`);
      }
    },
    async lockHeld<Row>(client: Queryable, subject: string, values: readonly unknown[]) {
      lost.signal.throwIfAborted();
      const text = `WITH fence AS MATERIALIZED (${FENCE}), ${subject} SELECT subject.* FROM fence LEFT JOIN subject ON true`;
      const { rows } = await client.query(text, [executorId, ...values]);
      if (rows.length === 0) {
        throw new EngineError('lease_lost', `Executor ${executorId} has been declared dead`);
      }
      return rows[0] as Row;
    },
    async release() {
      if (released.signal.aborted) return;
      released.abort();
      await beating;
      try {
        await pool.query('DELETE FROM afterword_engine.executors WHERE id = $1', [executorId]);
      } catch (error) {
        // If this fails, the lease expires by itself.
        log.warn(
          { reason: messageOf(error) },
          'the lease could not be given back; others count this worker as dead within seconds',
        );
      }
      await pool.end();
    },
  };
}

/** Workers that are alive or were lately, by their leases. */
export interface Living {
  alive: number;
  /** Age of the oldest living worker. */
  longestMs: number;
  /** Number of workers that ended in the last five minutes without giving their lease back. */
  lost: number;
}

const LOOK = `
  SELECT count(*) FILTER (WHERE e.dead_at IS NULL AND h.beat_at > now.at - make_interval(secs => $1))::int AS alive,
         coalesce(max(extract(epoch FROM now.at - e.started_at))
           FILTER (WHERE e.dead_at IS NULL AND h.beat_at > now.at - make_interval(secs => $1)), 0)::float8 * 1000 AS "longestMs",
         count(*) FILTER (WHERE h.beat_at <= now.at - make_interval(secs => $1)
           AND h.beat_at > now.at - interval '5 minutes')::int AS lost
    FROM (SELECT clock_timestamp() AS at) AS now, afterword_engine.executors e
    JOIN afterword_engine.heartbeats h ON h.executor_id = e.id`;

export async function livingWorkers(client: Queryable): Promise<Living> {
  try {
    const { rows } = await client.query(LOOK, [LEASE_MS / 1000]);
    return rows[0] as Living;
  } catch (error) {
    // The first worker of a database creates the tables.
    if ((error as { code?: unknown }).code === '42P01') return { alive: 0, longestMs: 0, lost: 0 };
    throw error;
  }
}
