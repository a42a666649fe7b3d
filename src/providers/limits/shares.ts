/**
 * This file divides a provider's limit among the processes that call it: what its rows become when one of them renews its
 * share. Pure; the times are the database's.
 *
 * When may a share that was not renewed be given to others? Its holder ends its own calls when the time is up by its
 * own clock, a while before the row runs out (`share-store.ts`), so the calls of a process that runs are over by then,
 * whether it was cut off or the database was away. Those of a killed process ended with it, as did its connection to
 * the database: the system closes both. Only a process that was frozen has neither ended its calls nor lost that
 * connection, and the provider is still at work on them: as long as they may last, its share is counted and nobody's.
 */
import { aimd, type ConcurrencyWindow, type Condition } from './aimd.ts';

/** Where there are fewer calls than processes, each process has them for this long: most calls end by themselves in it. */
const ROTATION_MS = 5000;
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

export interface ShareRequest {
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

export interface ShareClaim {
  processId: string;
  /** Calls under way and calls that wait. */
  wanted: number;
}

/** A clock that differs by more from what it should show was set. */
const STEP_MS = 2_000;
/** No share is granted for as long as this: one that seems to be was written before the clock was set back. */
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
  { seen, most }: Pick<ShareRequest, 'seen' | 'most'>,
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
  const next = aimd(condition, window, most, row.now_ms);
  if (next === null) return { condition, window };
  const empty = { sinceMs: row.now_ms, answered: 0, answeredMs: 0, troubled: 0, wanting: false };
  return { condition: next, window: empty };
}

/** Says what one process gets: its even share, as far as the others leave it over. */
export function share(
  allowed: number,
  rows: readonly ShareRow[],
  nowMs: number,
  { processId, most, mostHere, wanted, renews }: Omit<ShareRequest, 'provider' | 'held' | 'seen' | 'pauseMs'>,
): { granted: number; reclaimed: string[]; lost: boolean } {
  const others = rows.filter((row) => row.process_id !== processId);
  const reclaimed = others.filter((row) => isOver(row, nowMs)).map((row) => row.process_id);
  const total = wholeCalls(allowed, most);
  const left = total - sum(others.filter((row) => !isOver(row, nowMs)).map((row) => row.granted));
  const alive = others.filter((row) => row.expires_at_ms > nowMs && !isOver(row, nowMs));
  const claims: ShareClaim[] = alive.map((row) => ({ processId: row.process_id, wanted: row.wanted }));
  claims.push({ processId, wanted });
  const reserve = total > Math.max(RESERVE_ABOVE, claims.length) ? 1 : 0;
  const target = evenShares(total - reserve, claims, Math.floor(nowMs / ROTATION_MS)).get(processId) ?? 0;
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

/**
 * Everyone gets what it wants up to an even share; what some leave over is shared by the others, and what nobody
 * wants is granted evenly as well, so that a sudden call need not ask first. Where calls are fewer than processes, `rotation`
 * moves on and each has them for a while: otherwise a recording in the last process would wait for ever.
 */
export function evenShares(
  total: number,
  claims: readonly ShareClaim[],
  rotation: number,
): Map<string, number> {
  const ids = claims.map(({ processId }) => processId).sort();
  const order = ids.map((_, at) => ids[(at + rotation) % ids.length] ?? '');
  const wanted = new Map(claims.map((claim) => [claim.processId, claim.wanted]));
  const granted = new Map(ids.map((id) => [id, 0]));

  const rest = grantInRounds(Math.floor(total), granted, order, (id, has) => has < (wanted.get(id) ?? 0));
  grantInRounds(rest, granted, order, () => true);
  return granted;
}

/**
 * Grants one call to each process in turn, until all are granted or nobody takes another.
 *
 * @returns how many nobody took
 */
function grantInRounds(
  total: number,
  granted: Map<string, number>,
  order: readonly string[],
  takes: (id: string, has: number) => boolean,
): number {
  let left = total;
  for (let taken = true; taken && left > 0; ) {
    taken = false;
    for (const id of order) {
      const has = granted.get(id) ?? 0;
      if (left === 0 || !takes(id, has)) continue;
      granted.set(id, has + 1);
      left--;
      taken = true;
    }
  }
  return left;
}

/** At least one: a limit below that would end the work instead of slowing it down. */
export function wholeCalls(allowed: number, most: number): number {
  return Math.max(1, Math.floor(Math.min(allowed, most)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
