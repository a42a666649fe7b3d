/**
 * What the rows of a provider become with one renewal. Pure; the times are the database's.
 *
 * When may a share that was not renewed be dealt out again? Its holder ends its own calls when the time is up by its
 * own clock, a while before the row runs out (`renewal.ts`), so the calls of a process that runs are over by then,
 * whether it was cut off or the database was away. Those of a killed process ended with it, as did its connection to
 * the database: the system closes both. Only a process that was frozen has neither ended its calls nor lost that
 * connection, and the provider is still at work on them: as long as they may last, its share is counted and nobody's.
 */
import { adapt, type ConcurrencyWindow, type Condition } from './aimd.ts';
import { divide, type ShareClaim } from './divide.ts';

/** Where there are fewer calls than processes, whose turn it is. Long enough for most calls to end by themselves. */
const TURN_MS = 5000;
/**
 * A piece lasts up to 30 s, and a provider that takes twice as long as its speaker is slow. The calls of a frozen
 * process, or of a machine that lost its power and never said so, are over by then.
 */
const FROZEN_MS = 60_000;
/**
 * Above what one worker has at most by default, one call is kept for a process that has none, so that its first piece
 * need not wait until others have given up theirs. A worker that is alone loses nothing by it.
 */
const RESERVE_ABOVE = 8;

export interface Renewal {
  provider: string;
  processId: string;
  /** The configured maximum, over all processes. */
  most: number;
  /** More of them would be of no use to this process. */
  mostHere: number;
  /** It has had a share and not given it back. */
  renews: boolean;
  /** Calls under way; there will not be more of them until the answer. */
  held: number;
  wanted: number;
  seen: Omit<ConcurrencyWindow, 'sinceMs'>;
  pauseMs: number;
}

export interface LimitRow {
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

export interface ShareRow {
  process_id: string;
  granted: number;
  wanted: number;
  expires_at_ms: number;
  /**
   * Its process still has its connection to the database. Known only of shares that have run out, and of those that run
   * too long to be true.
   */
  is_connected: boolean;
}

/** A clock that differs by more from what it should show was set. */
const STEP_MS = 2_000;
/** No share is dealt out for as long as this: one that seems to be was written before the clock was set back. */
const LONGEST_SHARE_MS = 10_000;

/**
 * By how much the database's clock was set since this process's last renewal, if nobody has noted it yet: whoever does
 * moves every share, and then the share of this process is not as it was left.
 */
export function clockStep(
  last: { nowMs: number; passedMs: number; expiresAtMs: number } | undefined,
  nowMs: number,
  ownShare: Pick<ShareRow, 'expires_at_ms'> | undefined,
): number {
  if (!last || ownShare?.expires_at_ms !== last.expiresAtMs) return 0;
  const stepMs = Math.round(nowMs - last.nowMs - last.passedMs);
  return Math.abs(stepMs) > STEP_MS ? stepMs : 0;
}

/** The times of a row as the clock shows them now. Nothing began in the future, and no pause is longer than it may be. */
export function rebased(row: LimitRow, stepMs: number, longestPauseMs: number): LimitRow {
  const began = (ms: number) => (ms === 0 ? 0 : Math.min(ms + stepMs, row.now_ms));
  return {
    ...row,
    base_since_ms: began(row.base_since_ms),
    window_since_ms: began(row.window_since_ms),
    paused_until_ms: Math.min(row.paused_until_ms + stepMs, row.now_ms + longestPauseMs),
  };
}

/** Adds what one process has seen, and changes the limit when that is enough to go by. */
export function learn(
  row: LimitRow,
  { seen, most }: Pick<Renewal, 'seen' | 'most'>,
): { condition: Condition; window: ConcurrencyWindow } {
  const isNew = row.window_since_ms === 0;
  const window: ConcurrencyWindow = {
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

/** What one process gets: its even share, out of what the others leave over. */
export function share(
  allowed: number,
  rows: readonly ShareRow[],
  nowMs: number,
  { processId, most, mostHere, wanted, renews }: Omit<Renewal, 'provider' | 'held' | 'seen' | 'pauseMs'>,
): { granted: number; reclaimed: string[]; lost: boolean } {
  const others = rows.filter((row) => row.process_id !== processId);
  const reclaimed = others.filter((row) => isOver(row, nowMs)).map((row) => row.process_id);
  const total = wholeCalls(allowed, most);
  const left = total - sum(others.filter((row) => !isOver(row, nowMs)).map((row) => row.granted));
  const alive = others.filter((row) => row.expires_at_ms > nowMs && !isOver(row, nowMs));
  const claims: ShareClaim[] = alive.map((row) => ({ processId: row.process_id, wanted: row.wanted }));
  claims.push({ processId, wanted });
  const reserve = total > Math.max(RESERVE_ABOVE, claims.length) ? 1 : 0;
  const target = divide(total - reserve, claims, Math.floor(nowMs / TURN_MS)).get(processId) ?? 0;
  const first = Math.min(1, target, left);
  return {
    granted: Math.max(0, first, Math.min(target, mostHere, left - reserve)),
    reclaimed,
    lost: renews && others.length === rows.length,
  };
}

function isOver(row: ShareRow, nowMs: number): boolean {
  if (row.expires_at_ms > nowMs + LONGEST_SHARE_MS) return !row.is_connected;
  return row.expires_at_ms + (row.is_connected ? FROZEN_MS : 0) <= nowMs;
}

/** At least one: a limit below that would end the work instead of slowing it down. */
export function wholeCalls(allowed: number, most: number): number {
  return Math.max(1, Math.floor(Math.min(allowed, most)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
