/** What the rows of a provider become with one renewal. Pure; the times are the database's. */
import { adapt, type Condition, type Window } from './adapt.ts';
import { type Claim, divide } from './divide.ts';

/** Where there are fewer calls than processes, whose turn it is. Long enough for most calls to end by themselves. */
const TURN_MS = 5000;

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
}

/** Adds what one process has seen, and changes the limit when that is enough to go by. */
export function learn(
  row: LimitRow,
  { seen, most }: Pick<Renewal, 'seen' | 'most'>,
): { condition: Condition; window: Window } {
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

/** What one process gets: its even share, out of what the others leave over. */
export function share(
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
export function wholeCalls(allowed: number, most: number): number {
  return Math.max(1, Math.floor(Math.min(allowed, most)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
