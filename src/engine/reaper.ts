import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openPool } from '../postgres/pool.ts';
import { messageOf } from './errors.ts';
import {
  abandonedWork,
  claimsNotRun,
  executorsWithWork,
  forgetOtherVersions,
  rebaseDelays,
  recoverFrom,
  returnToQueue,
  startAnew,
} from './internals.ts';
import { wakeQueue } from './launch.ts';
import { LEASE_MS, type Lease } from './leases.ts';
import { APPLICATION_VERSION } from './version.ts';

const TICK_MS = 500;
/**
 * After an outage of the database, or of the whole machine, every heartbeat is old. So no worker is declared dead until
 * this process's own heartbeats have succeeded for two lease times, in which every living worker had its turn too.
 */
const TRUST_AFTER_MS = 2 * LEASE_MS;

/** Between a claim and its run there are milliseconds, or a short failure of the database. */
const STRANDED_AFTER_MS = 5_000;
/** Interval for work that need not be done at once, and for what the looks in between have missed. */
const SELDOM_MS = 4_000;
/** A worker registers its version within seconds after its lease, and must still find that lease then. */
const LAUNCHED_AFTER_MS = 10_000;

const BEATS = `
  SELECT e.id, h.beat_at::text AS beat
    FROM afterword_engine.executors e JOIN afterword_engine.heartbeats h ON h.executor_id = e.id
   WHERE e.dead_at IS NULL`;

/**
 * Marks executors whose heartbeat has not changed for too long. An executor inside a fenced transaction is skipped: it
 * is alive, or its transaction will be ended for it. The statement must not run late: one that a hanging database
 * executes when it wakes up would find all heartbeats old. Hence the deadline, and the condition that our own heartbeat
 * is recent by the same clock. Both comparisons look in both directions, because the clock may have been set.
 */
const MARK_DEAD = `
  UPDATE afterword_engine.executors SET dead_at = clock_timestamp()
   WHERE id IN (
     SELECT e.id FROM afterword_engine.executors e
       JOIN afterword_engine.heartbeats h ON h.executor_id = e.id
       JOIN unnest($4::text[], $5::text[]) AS silent (id, beat) ON silent.id = e.id AND silent.beat = h.beat_at::text
      WHERE e.dead_at IS NULL
        FOR UPDATE OF e SKIP LOCKED)
     AND clock_timestamp() BETWEEN $3::timestamptz - interval '1 second' AND $3::timestamptz + interval '1 second'
     AND EXISTS (
       SELECT 1 FROM afterword_engine.heartbeats
        WHERE executor_id = $2
          AND beat_at BETWEEN clock_timestamp() - make_interval(secs => $1) AND clock_timestamp() + make_interval(secs => $1))
  RETURNING id, host, pid`;

/** Rows of dead workers are kept only for people to read; a missing row means dead as well. */
const FORGET = `DELETE FROM afterword_engine.executors WHERE dead_at < clock_timestamp() - interval '1 day'`;

export interface Reaper {
  stop(): Promise<void>;
}

export interface ReaperOptions {
  databaseUrl: string;
  lease: Lease;
  log: Logger;
  applicationVersion?: string;
  /** Called after the database's clock was set back and delays were shortened by that amount. */
  onRebased?: () => Promise<void>;
}

/**
 * Declares silent executors dead and gives the work of every executor without a living lease back to the queues. Runs
 * in every worker, after `launchEngine`. Giving back does not depend on declaring dead: a reaper killed in between, a
 * worker that took one more job after its lease ended, and one that stopped properly and deleted its row all leave work
 * in progress under an executor that does not exist.
 * It also gives back what this worker has claimed and never begun (the claim's answer was lost with the database),
 * starts work over whose version nobody runs any more, and keeps delays right when the database's clock is set back.
 * Several may run at once: marking skips locked rows, and giving back moves each piece of work once.
 */
export function startReaper(options: ReaperOptions): Reaper {
  const { lease, log, applicationVersion = APPLICATION_VERSION } = options;
  const pool = openPool({
    databaseUrl: options.databaseUrl,
    name: 'afterword-reaper',
    max: 1,
    log,
    connectWithinMs: LEASE_MS,
    queryWithinMs: LEASE_MS,
  });
  const stopped = new AbortController();
  const silence = new Silence(2 * TICK_MS);

  /** @returns whether somebody is gone since the last look, so that there may be work to take over */
  async function markDead(): Promise<boolean> {
    const asked = performance.now();
    const { rows: beats } = await pool.query<Beat>(BEATS);
    const isOneGone = silence.look(beats, performance.now());
    const silent = silence.silentFor(LEASE_MS);
    if (silent.length === 0 || lease.healthyForMs() < TRUST_AFTER_MS) return isOneGone;
    const { rows: clock } = await pool.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    // An answer that took long is itself a sign of a hang, so look again after the others had their turn.
    if (performance.now() - asked > TICK_MS) return isOneGone;
    const { rows } = await pool.query(MARK_DEAD, [
      LEASE_MS / 1000,
      lease.executorId,
      clock[0]?.now,
      silent.map(({ id }) => id),
      silent.map(({ beat }) => beat),
    ]);
    for (const dead of rows)
      log.warn({ dead }, `Worker ${dead.id} sent no heartbeat for ${LEASE_MS / 1000} s and counts as dead`);
    return isOneGone || rows.length > 0;
  }

  async function takeOver(): Promise<void> {
    const busy = await executorsWithWork(pool, applicationVersion);
    if (busy.length === 0) return;
    // This is read after the work was listed: an executor has its lease before it has its first work.
    const { rows } = await pool.query<{ id: string }>(
      'SELECT id FROM afterword_engine.executors WHERE id = ANY($1) AND dead_at IS NULL',
      [busy],
    );
    const living = new Set(rows.map((row) => row.id));
    for (const executorId of busy) {
      if (living.has(executorId)) continue;
      const count = await recoverFrom(executorId);
      if (count === 0) continue;
      wakeQueue();
      log.warn({ executorId, count }, `Work of the dead worker ${executorId} was taken over`);
    }
  }

  /** Remembers since when each claim has not been running, by this process's own clock. */
  let notRunSince = new Map<string, number>();
  async function returnStranded(): Promise<void> {
    const notRun = await claimsNotRun(pool, lease.executorId);
    const now = performance.now();
    const before = notRunSince;
    notRunSince = new Map();
    for (const claim of notRun) {
      const key = claim.token + claim.workflowId;
      const since = before.get(key) ?? now;
      notRunSince.set(key, since);
      if (now - since < STRANDED_AFTER_MS) continue;
      if (await returnToQueue(pool, lease.executorId, claim))
        log.warn(
          { workflowId: claim.workflowId },
          'work that was claimed and never begun goes back into the queue',
        );
    }
  }

  async function startOver(): Promise<void> {
    if (silence.isSettled(LAUNCHED_AFTER_MS)) await forgetOtherVersions(pool);
    for (const work of await abandonedWork(pool, applicationVersion)) {
      if (await startAnew(pool, work))
        log.warn({ ...work }, 'work of a version that no process runs any more starts over');
    }
  }

  async function rebase(): Promise<void> {
    const { backMs, rebased } = await rebaseDelays(pool);
    if (backMs > 0)
      log.warn(
        { backMs, rebased },
        "the database's clock was set back: waiting work is due earlier by as much",
      );
    if (rebased > 0) await options.onRebased?.();
  }

  async function run(): Promise<void> {
    await pool.query(FORGET).catch(() => undefined);
    let seldomAt = Number.NEGATIVE_INFINITY;
    while (!stopped.signal.aborted && !lease.signal.aborted) {
      try {
        const isSeldom = performance.now() - seldomAt >= SELDOM_MS;
        if ((await markDead()) || isSeldom) await takeOver();
        if (isSeldom) {
          seldomAt = performance.now();
          await returnStranded();
          await rebase();
          await startOver();
        }
      } catch (error) {
        if (!stopped.signal.aborted) log.debug({ reason: messageOf(error) }, 'reaper could not look');
      }
      await delay(TICK_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  }
  const running = run();

  return {
    async stop() {
      if (stopped.signal.aborted) return running;
      stopped.abort();
      await running;
      await pool.end();
    },
  };
}

/**
 * Measures how long each executor has been silent. Pure.
 * A heartbeat is compared with its value at the last look, never with a wall clock: a clock set forward would make
 * every heartbeat look old at once, and one set back would keep dead executors alive. Only time spent looking counts,
 * so a process that was frozen itself declares nobody dead when it wakes up.
 */
interface Heard {
  beat: string;
  silentMs: number;
  /** Since this heartbeat was first seen. */
  knownMs: number;
}

interface Beat {
  id: string;
  beat: string;
}

class Silence {
  readonly #longestLookMs: number;
  #heard = new Map<string, Heard>();
  #lookedAt: number | undefined;

  /** @param longestLookMs at most this much time between two looks counts as time spent looking */
  constructor(longestLookMs: number) {
    this.#longestLookMs = longestLookMs;
  }

  /** @param nowMs monotonic @returns whether an executor of the last look is missing */
  look(beats: readonly Beat[], nowMs: number): boolean {
    const spentMs = Math.min(nowMs - (this.#lookedAt ?? nowMs), this.#longestLookMs);
    this.#lookedAt = nowMs;
    const known = [...this.#heard.keys()];
    this.#heard = new Map(
      beats.map(({ id, beat }) => {
        const before = this.#heard.get(id);
        const knownMs = before ? before.knownMs + spentMs : 0;
        return [id, { beat, knownMs, silentMs: before?.beat === beat ? before.silentMs + spentMs : 0 }];
      }),
    );
    return known.some((id) => !this.#heard.has(id));
  }

  silentFor(ms: number): Beat[] {
    return [...this.#heard]
      .filter(([, { silentMs }]) => silentMs >= ms)
      .map(([id, { beat }]) => ({ id, beat }));
  }

  /** Says whether nobody has come for this long. */
  isSettled(ms: number): boolean {
    return this.#heard.size > 0 && [...this.#heard.values()].every(({ knownMs }) => knownMs >= ms);
  }
}
