/**
 * The share store renews one process's share of a provider's limit: one transaction a second, whatever the number of calls.
 *
 * The row of the provider is locked, so renewals come one after the other, and each may only take what the shares of
 * all others leave over. A process gives up what it does not use before anybody else can take it, so at no moment do
 * the shares come to more than the limit. Times are the database's: the clocks of the machines do not matter. When that
 * clock is set, the first process to renew moves all times with it.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from 'pino';
import { openPool } from '../../postgres/pool.ts';
import { firstCondition } from './aimd.ts';
import {
  clockStep,
  type LimitRow,
  learn,
  rebased,
  type ShareRequest,
  type ShareRow,
  share,
  wholeCalls,
} from './shares.ts';

/** A process counts on its share for this long from when it asked for it; after that it has ended its calls. */
export const SHARE_MS = 3000;
/**
 * Only so much later others may have it: a busy process is late in ending its calls, and their ends take time to
 * arrive. The share of a killed process is free 2.5 to 3.5 s later, when its work is taken over (engine/leases.ts).
 */
const GRACE_MS = 500;
/** There are three tries per share at least. */
const RENEWAL_TIMEOUT_MS = 900;
/** A provider that asks for more than this is asked again all the same: its header may be wrong. */
const LONGEST_PAUSE_MS = 3_600_000;

export interface Grant {
  /** No more may be let in; what is under way beyond that may end by itself. */
  granted: number;
  /** The part of everything that this is, for a limit per second. */
  part: number;
  pausedForMs: number;
  /** Others have taken the share: what is under way is over the limit. */
  lost: boolean;
}

/** A process renews its shares with this. */
export interface ShareStore {
  readonly processId: string;
  readonly pool: pg.Pool;
  /** What each provider's last renewal left, and when that was by time as it passes. */
  readonly last: Map<string, { nowMs: number; at: number; expiresAtMs: number }>;
  /** Resolves when others can see that the process is there. */
  beSeen(): Promise<void>;
  end(): Promise<void>;
}

const NAME = 'afterword-limits';

/**
 * A connection of its own: a renewal must not wait for a place in the pool behind the work. And one that does nothing:
 * by its name others see that a process whose share has run out is frozen, and not dead. It cannot be the first one,
 * which the database ends when the process is frozen in the middle of a renewal.
 */
export function openShareStore(databaseUrl: string, log: Logger): ShareStore {
  const processId = randomUUID();
  const times = { connectWithinMs: RENEWAL_TIMEOUT_MS, queryWithinMs: RENEWAL_TIMEOUT_MS };
  const pool = openPool({ databaseUrl, name: NAME, max: 1, log, ...times });
  const presence = openPool({
    databaseUrl,
    name: `${NAME} ${processId}`,
    max: 1,
    log,
    keepIdle: true,
    ...times,
  });
  return {
    processId,
    pool,
    last: new Map(),
    async beSeen() {
      if (presence.idleCount === 0) await presence.query('SELECT');
    },
    async end() {
      await Promise.all([pool.end(), presence.end()]);
    },
  };
}

/** A process that is frozen while it holds the lock must not hold up the others. */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${RENEWAL_TIMEOUT_MS}`;
/** Two statements, for the shares must be read by a snapshot that is taken after the lock. */
const LOCK = `
  INSERT INTO provider_limits AS l (provider, allowed) VALUES ($1, $2)
  ON CONFLICT (provider) DO UPDATE SET provider = l.provider
  RETURNING allowed, doubles_below, base_ms, base_since_ms::float8, paused_until_ms::float8, window_since_ms::float8,
            window_answered, window_ms, window_troubled, window_wanting,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint::float8 AS now_ms`;
const SHARES = `
  SELECT process_id, granted, wanted, expires_at_ms::float8,
         CASE WHEN expires_at_ms <= $2 OR expires_at_ms > $2 + 2 * ${SHARE_MS} THEN
           EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '${NAME} ' || process_id)
         ELSE true END AS is_connected
    FROM provider_shares WHERE provider = $1`;
/** Every share of the provider, with the clock. */
const MOVE = 'UPDATE provider_shares SET expires_at_ms = expires_at_ms + $2 WHERE provider = $1';
const WRITE = `
  WITH limits AS (
    UPDATE provider_limits
       SET allowed = $2, doubles_below = $3, base_ms = $4, base_since_ms = $5, paused_until_ms = $6,
           window_since_ms = $7, window_answered = $8, window_ms = $9, window_troubled = $10, window_wanting = $11
     WHERE provider = $1),
  reclaimed AS (
    DELETE FROM provider_shares WHERE provider = $1 AND process_id = ANY($12))
  INSERT INTO provider_shares (provider, process_id, granted, wanted, expires_at_ms)
  VALUES ($1, $13, $14, $15, $16)
  ON CONFLICT (provider, process_id)
  DO UPDATE SET granted = excluded.granted, wanted = excluded.wanted, expires_at_ms = excluded.expires_at_ms`;

export async function renewShare({ pool, beSeen, last }: ShareStore, renewal: ShareRequest): Promise<Grant> {
  const { provider, processId, most } = renewal;
  await beSeen();
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    const first = firstCondition(most, 0).allowed;
    const limits = await client.query<LimitRow>(LOCK, [provider, first]);
    const found = limits.rows[0];
    if (!found) throw new Error(`there is no row for the limit of ${provider}`);
    const at = performance.now();
    const before = last.get(provider);
    let shares = await client.query<ShareRow>(SHARES, [provider, found.now_ms]);
    const own = shares.rows.find((one) => one.process_id === processId);
    const stepMs = clockStep(before && { ...before, passedMs: at - before.at }, found.now_ms, own);
    if (stepMs !== 0) {
      await client.query(MOVE, [provider, stepMs]);
      shares = await client.query<ShareRow>(SHARES, [provider, found.now_ms]);
    }
    const row = rebased(found, stepMs, LONGEST_PAUSE_MS);
    const { condition, window } = learn(row, renewal);
    const asked = row.now_ms + Math.min(renewal.pauseMs, LONGEST_PAUSE_MS);
    const pausedUntilMs = renewal.pauseMs > 0 ? Math.max(row.paused_until_ms, asked) : row.paused_until_ms;
    const { granted, reclaimed, lost } = share(condition.allowed, shares.rows, row.now_ms, renewal);
    const expiresAtMs = row.now_ms + SHARE_MS + GRACE_MS;
    await client.query(WRITE, [
      provider,
      condition.allowed,
      condition.doublesBelow,
      condition.baseMs,
      condition.baseSinceMs,
      Math.round(pausedUntilMs),
      window.sinceMs,
      window.answered,
      window.answeredMs,
      window.troubled,
      window.wanting,
      reclaimed,
      processId,
      // What is still under way beyond it cannot be anybody else's yet.
      Math.max(renewal.held, granted),
      renewal.wanted,
      expiresAtMs,
    ]);
    await client.query('COMMIT');
    last.set(provider, { nowMs: row.now_ms, at, expiresAtMs });
    client.release();
    const part = Math.min(1, granted / wholeCalls(condition.allowed, most));
    return { granted, part, pausedForMs: Math.max(0, pausedUntilMs - row.now_ms), lost };
  } catch (error) {
    // It may still be in a transaction, or in the middle of an answer: nobody is to get it again.
    client.release(true);
    throw error;
  }
}

/** Gives the share back at once, instead of letting it run out. */
export async function releaseShare({ pool, processId, last }: ShareStore, provider: string): Promise<void> {
  last.delete(provider);
  await pool.query('DELETE FROM provider_shares WHERE provider = $1 AND process_id = $2', [
    provider,
    processId,
  ]);
}
