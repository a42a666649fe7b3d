/**
 * This rule finds by trying how many calls at once a provider takes: more while that makes nothing worse, fewer as soon as
 * answers slow down or are refused. It is AIMD as in TCP, with latency as a second sign of congestion as in TCP Vegas.
 * Pure; the times are the database's.
 */

export interface Condition {
  allowed: number;
  /** Below it the limit doubles, from there on it feels its way. null: nothing has gone wrong yet. */
  doublesBelow: number | null;
  /** What a call takes when the provider is not busy; null until it is measured. */
  baseMs: number | null;
  baseSinceMs: number;
}

/** What all processes saw since the last change. */
export interface ConcurrencyWindow {
  sinceMs: number;
  answered: number;
  /** All answered calls together. */
  answeredMs: number;
  troubled: number;
  /** Somebody waited for a permit: the limit is what holds the work back. */
  wanting: boolean;
}

/** A change shows only in calls that were made after it: a window lasts a second, or as long as a call. */
const WINDOW_MS = 1000;
/**
 * Pieces last 1 to 30 s, and their calls differ as much. The mean of 10 strays from the true one by 8.4 / sqrt(10) =
 * 2.7 s of 15.5 s, 17 %. A limit at 1.6 is three and a half such steps away: chance alone does not reach it.
 */
const ENOUGH_CALLS = 10;
const SLOWER = 1.6;
/** With fewer calls than that, wait this long and take what there is. */
const LONGEST_WINDOW_MS = 5000;

/**
 * What one worker has under way by default, and one for another that starts beside it. More would only be worse for a
 * server that takes fewer: what a call takes when nobody else asks is measured at this limit.
 */
const FIRST_LIMIT = 9;
const STEP_UP = 1.1;
const STEP_DOWN = 0.8;
/** One refusal in twenty is paid for by the next step up; more means that the limit is too high. */
const TOLERATED_TROUBLE = 0.05;
/** A provider that fails by chance gets no better from being asked less; an eighth of the maximum keeps work moving. */
const LEAST_SHARE = 1 / 8;
/**
 * A limit that was too high when the base was measured would stay so, and a provider that is slower for good would be
 * taken for busy. Every 5 minutes the base is measured anew with half as many calls: 0.5 s of work in 300 s, 0.2 %.
 */
const BASE_LASTS_MS = 300_000;

export function firstCondition(most: number, nowMs: number): Condition {
  const allowed = Math.min(Math.max(FIRST_LIMIT, least(most)), most);
  return { allowed, doublesBelow: null, baseMs: null, baseSinceMs: nowMs };
}

/** @returns null while the window has not seen enough */
export function aimd(
  now: Condition,
  window: ConcurrencyWindow,
  most: number,
  nowMs: number,
): Condition | null {
  const calls = window.answered + window.troubled;
  const lastedMs = nowMs - window.sinceMs;
  if (calls === 0 || lastedMs < Math.max(WINDOW_MS, now.baseMs ?? 0)) return null;
  if (calls < ENOUGH_CALLS && lastedMs < LONGEST_WINDOW_MS) return null;

  const meanMs = window.answered > 0 ? window.answeredMs / window.answered : null;
  const next = { ...now, baseMs: baseOf(now.baseMs, meanMs) };
  const trouble = window.troubled / calls;
  const isSlow = meanMs !== null && next.baseMs !== null && meanMs > SLOWER * next.baseMs;
  const isTroubled = trouble > TOLERATED_TROUBLE;
  if (!isTroubled && nowMs - now.baseSinceMs > BASE_LASTS_MS) {
    const allowed = Math.max(now.allowed / 2, least(most));
    return { allowed, doublesBelow: now.allowed, baseMs: null, baseSinceMs: nowMs };
  }
  if (isTroubled || isSlow) {
    // As far over as it is, so far down, but never by more than half on the word of one window.
    const slowness = isSlow ? Math.min(STEP_DOWN, (SLOWER * (next.baseMs ?? meanMs)) / meanMs) : 1;
    const factor = Math.max(0.5, Math.min(slowness, 1 - trouble));
    const allowed = Math.max(now.allowed * factor, least(most));
    return { ...next, allowed: Math.min(allowed, most), doublesBelow: allowed };
  }
  // A limit that nobody reached has not been shown to be safe.
  if (!window.wanting) return { ...next, allowed: Math.min(now.allowed, most) };
  return { ...next, allowed: Math.min(grown(now), most) };
}

/** Down to a faster mean by half, since it may be chance; never up by itself. */
function baseOf(baseMs: number | null, meanMs: number | null): number | null {
  if (baseMs === null || meanMs === null) return baseMs ?? meanMs;
  return meanMs < baseMs ? (baseMs + meanMs) / 2 : baseMs;
}

function grown({ allowed, doublesBelow }: Condition): number {
  const doubled = allowed * 2;
  if (doublesBelow === null) return doubled;
  return allowed < doublesBelow ? Math.min(doubled, doublesBelow) : Math.max(allowed + 1, allowed * STEP_UP);
}

function least(most: number): number {
  return Math.max(1, most * LEAST_SHARE);
}
