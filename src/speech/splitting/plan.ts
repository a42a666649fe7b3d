/**
 * How long the pieces of a recording should be, so that all of its words are there soonest. A call costs something of its
 * own and something for each second of sound: many short calls wait in line for one another, one long call keeps the others
 * idle. The best are even calls that fill whole rounds of those that may be under way at once. Pure.
 */
import type { CallCost } from '../../providers/call-cost.ts';

export interface PlanGiven {
  /** The speech in the recording; its whole length before anybody has listened. */
  speechSeconds: number;
  callsAtOnce: number;
  /** null before the first answer. */
  cost: CallCost | null;
  /** Shorter pieces lack the context from which words are recognised. */
  shortestSeconds: number;
  /** The longest piece that the provider takes and a worker can hold. */
  longestSeconds: number;
}

/** Assumed before the first answer: both parts of the cost are more than zero. */
export const UNKNOWN_COST: CallCost = { ms: 2000, msPerSecond: 100, isGuessed: true };
/** A plan with fewer calls may take this much longer: each call is paid for, and a border costs words. */
const NEARLY_AS_SOON = 1.05;
/** The window in which a cut looks for a pause reaches this far to both sides of an even cut. */
export const CUT_WINDOW_SECONDS = 10;
const MOST_ROUNDS = 4;
/**
 * Where the parts of the cost are a guess, the first of so many even calls are longer by this, and those after them shorter,
 * so that the answers tell what a second costs. A recording waits a seventh of a call longer for that at most, one of five.
 */
const UNEVEN = 8 / 7;
const UNEVEN_FROM_CALLS = 6;
/** A worker holds a dozen pieces of each recording: of two minutes they are 92 MB. */
const LONGEST_OF_HOURS_SECONDS = 120;

/** @returns the longest that a piece may be, in seconds */
export function planPieceSeconds({
  speechSeconds,
  callsAtOnce,
  cost,
  shortestSeconds,
  longestSeconds,
}: PlanGiven): number {
  const longest = Math.max(Math.min(longestSeconds, inTimeSeconds(cost)), shortestSeconds);
  const even = longest - CUT_WINDOW_SECONDS / 2;
  // One call has no cut, and so may be full; a second is left for the padding.
  const fewest =
    speechSeconds <= longest - 1 ? 1 : Math.ceil(speechSeconds / Math.max(even, shortestSeconds));
  // With many rounds the longest pieces are best, since there are always calls waiting.
  if (fewest > callsAtOnce * MOST_ROUNDS)
    return Math.max(shortestSeconds, Math.min(longest, LONGEST_OF_HOURS_SECONDS));
  const most = Math.max(fewest, Math.floor(speechSeconds / shortestSeconds));
  const counts = Array.from({ length: most - fewest + 1 }, (_, at) => fewest + at);
  const known = cost ?? UNKNOWN_COST;
  const takes = (calls: number) => timeOf(calls, speechSeconds, callsAtOnce, known);
  const soonest = Math.min(...counts.map(takes));
  const calls = counts.find((count) => takes(count) <= soonest * NEARLY_AS_SOON) ?? fewest;
  // One call is best, so nothing is cut off, however much longer the speech turns out to be.
  if (calls === 1) return longest;
  const uneven = known.isGuessed && calls >= UNEVEN_FROM_CALLS ? UNEVEN : 1;
  const seconds = (speechSeconds / calls) * uneven + CUT_WINDOW_SECONDS / 2;
  return Math.min(longest, Math.max(shortestSeconds, Math.ceil(seconds)));
}

/**
 * A call whose answer is expected after more than half of its deadline is late as soon as the provider has twice as much to do. Where
 * a call costs that much by itself, shorter pieces do not help.
 *
 * @returns the longest piece that is answered in time by what calls cost
 */
function inTimeSeconds(cost: CallCost | null): number {
  if (!cost?.withinMs || cost.msPerSecond <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(cost.withinMs / 2 - cost.ms, cost.withinMs / 4) / cost.msPerSecond;
}

function timeOf(calls: number, speechSeconds: number, callsAtOnce: number, cost: CallCost): number {
  return Math.ceil(calls / callsAtOnce) * (cost.ms + (cost.msPerSecond * speechSeconds) / calls);
}
