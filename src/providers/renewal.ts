/**
 * One renewal of one process's share of a provider's limit: one transaction a second, whatever the number of calls.
 *
 * The row of the provider is locked, so renewals come one after the other, and each may only take what the shares of
 * all others leave over. A process gives up what it does not use before anybody else can take it, so at no moment do
 * the shares come to more than the limit. Times are the database's: the clocks of the machines do not matter.
 */
import pg from 'pg';
import type { Logger } from 'pino';
import { adapt, type Condition, firstCondition, type Window } from './adapt.ts';
import { type Claim, divide } from './divide.ts';

/** A process that is silent for this long has lost its share, as its work is lost to others (engine/leases.ts). */
export const SHARE_MS = 3000;
/** There are three tries per share at least. */
const RENEWAL_TIMEOUT_MS = 900;
/** Where there are fewer calls than processes, whose turn it is. Long enough for most calls to end by themselves. */
const TURN_MS = 5000;
/** A provider that asks for more than this is asked again all the same: its header may be wrong. */
const LONGEST_PAUSE_MS = 3_600_000;

export interface Renewal {
  provider: string;
  processId: string;
  /** The configured maximum, over all processes. */
  most: number;
  /** It has had a share and not given it back. */
  renews: boolean;
  /** Calls under way; there will not be more of them until the answer. */
  held: number;
  wanted: number;
  seen: Omit<Window, 'sinceMs'>;
  pauseMs: number;
  /** Shares that ran out may be taken: only by who has been well for as long as a share lasts (see `limit.ts`). */
  mayReclaim: boolean;
}

export interface Grant {
  /** No more may be let in; what is under way beyond that may end by itself. */
  granted: number;
  /** The part of everything that this is, for a limit per second. */
  part: number;
  pausedForMs: number;
  /** Others have taken the share: what is under way is over the limit. */
  lost: boolean;
}

interface LimitRow {
  allowed: number;
  doubles_below: number | null;
  base_ms: number | null;
  base_since_ms: number;
  paused_until_ms: number;
  window_since_ms: number;
  window_answered: number;
  window_ms: number;
  window_troubled: number;
  window_wanting: boolean;
  now_ms: number;
}

interface ShareRow {
  process_id: string;
  granted: number;
  wanted: number;
  expires_at_ms: number;
}

/** A connection of its own: a renewal must not wait for a place in the pool behind the work. */
export function openRenewals(databaseUrl: string, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    application_name: 'afterword-limits',
    keepAlive: true,
    connectionTimeoutMillis: RENEWAL_TIMEOUT_MS,
    query_timeout: RENEWAL_TIMEOUT_MS,
  });
  pool.on('error', (error) => log.debug({ reason: error.message }, 'the connection for limits was lost'));
  return pool;
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
  SELECT process_id, granted, wanted, expires_at_ms::float8 FROM provider_shares WHERE provider = $1`;
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

export async function renew(pool: pg.Pool, renewal: Renewal): Promise<Grant> {
  const { provider, processId, most } = renewal;
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    const first = firstCondition(most, 0).allowed;
    const limits = await client.query<LimitRow>(LOCK, [provider, first]);
    const shares = await client.query<ShareRow>(SHARES, [provider]);
    const row = limits.rows[0];
    if (!row) throw new Error(`there is no row for the limit of ${provider}`);
    const { condition, window } = learn(row, renewal);
    const asked = row.now_ms + Math.min(renewal.pauseMs, LONGEST_PAUSE_MS);
    const pausedUntilMs = renewal.pauseMs > 0 ? Math.max(row.paused_until_ms, asked) : row.paused_until_ms;
    const { granted, reclaimed, lost } = share(condition.allowed, shares.rows, row.now_ms, renewal);
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
      row.now_ms + SHARE_MS,
    ]);
    await client.query('COMMIT');
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
export async function giveBack(pool: pg.Pool, provider: string, processId: string): Promise<void> {
  await pool.query('DELETE FROM provider_shares WHERE provider = $1 AND process_id = $2', [
    provider,
    processId,
  ]);
}

function learn(row: LimitRow, { seen, most }: Renewal): { condition: Condition; window: Window } {
  const isNew = row.window_since_ms === 0;
  const window: Window = {
    sinceMs: isNew ? row.now_ms : row.window_since_ms,
    answered: row.window_answered + seen.answered,
    answeredMs: row.window_ms + seen.answeredMs,
    troubled: row.window_troubled + seen.troubled,
    wanting: row.window_wanting || seen.wanting,
  };
  const condition: Condition = {
    allowed: row.allowed,
    doublesBelow: row.doubles_below,
    baseMs: row.base_ms,
    baseSinceMs: isNew ? row.now_ms : row.base_since_ms,
  };
  const next = adapt(condition, window, most, row.now_ms);
  if (next === null) return { condition, window };
  const empty = { sinceMs: row.now_ms, answered: 0, answeredMs: 0, troubled: 0, wanting: false };
  return { condition: next, window: empty };
}

function share(
  allowed: number,
  rows: readonly ShareRow[],
  nowMs: number,
  { processId, most, wanted, renews, mayReclaim }: Renewal,
): { granted: number; reclaimed: string[]; lost: boolean } {
  const others = rows.filter((row) => row.process_id !== processId);
  const expired = others.filter((row) => row.expires_at_ms <= nowMs);
  const alive = others.filter((row) => row.expires_at_ms > nowMs);
  // What nobody may take yet still counts: its process may only have been cut off from the database.
  const taken = sum((mayReclaim ? alive : others).map((row) => row.granted));
  const total = wholeCalls(allowed, most);
  const claims: Claim[] = alive.map((row) => ({ processId: row.process_id, wanted: row.wanted }));
  const target =
    divide(total, [...claims, { processId, wanted }], Math.floor(nowMs / TURN_MS)).get(processId) ?? 0;
  return {
    granted: Math.max(0, Math.min(target, total - taken)),
    reclaimed: mayReclaim ? expired.map((row) => row.process_id) : [],
    lost: renews && others.length === rows.length,
  };
}

/** At least one: a limit below that would end the work instead of slowing it down. */
function wholeCalls(allowed: number, most: number): number {
  return Math.max(1, Math.floor(Math.min(allowed, most)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
