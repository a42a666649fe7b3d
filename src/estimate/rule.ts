/**
 * Estimates when work will be done: from what is ahead of it in its lane, what is under way, how many places there are,
 * and how long stages have taken lately. Pure.
 */
import type { Lane } from '../store/tables/columns.ts';
import {
  busyOf,
  ENOUGH,
  errorOf,
  expectedMs,
  pooled,
  type Rate,
  rateOf,
  type Stage,
  spreadOf,
} from './rates.ts';

/** Somewhere in a line: how many are before it, and how many seconds of sound these have. */
export interface LinePoint {
  dueAtMs: number;
  before: number;
  secondsBefore: number;
  /** Its own. */
  seconds: number;
}

export interface UnderWay {
  id: string;
  stage: 'transcribing' | 'placing';
  seconds: number;
  elapsedMs: number;
  /** The worker that has begun it is gone, and nobody has taken it over yet. */
  isLost?: boolean;
}

export interface LaneLoad {
  waiting: number;
  /** In order of their due times: all of a short line, and of a long one some. */
  line: readonly LinePoint[];
  running: readonly UnderWay[];
}

export interface Load {
  atMs: number;
  /** Of all living workers, for each lane; 0: none is alive. */
  places: number;
  understandPlaces: number;
  quietMs: number;
  lanes: Readonly<Record<Lane, LaneLoad>>;
  /** How long conversations have been understood by now, and how long they are. */
  understanding: readonly { seconds: number; elapsedMs: number }[];
  rates: readonly Rate[];
}

/** A time from now, with the error that estimates of it have had. */
export interface Estimate {
  ms: number;
  spreadMs: number;
}

/** Why there is no estimate. */
export type Unknown = 'no_worker' | 'worker_lost';

export const NOW: Estimate = { ms: 0, spreadMs: 0 };

export function plus(a: Estimate, b: Estimate): Estimate {
  // Stages that share a machine are off together, so their errors add up.
  return { ms: a.ms + b.ms, spreadMs: a.spreadMs + b.spreadMs };
}

/** Whichever is later. */
export function later(a: Estimate, b: Estimate): Estimate {
  return b.ms > a.ms ? b : a;
}

/** What takes longer than usual has about a third of its time still to come. */
const OVERDUE_SHARE = 1 / 3;
const LEAST_SHARE = 0.05;

function remaining({ ms, spreadMs }: Estimate, elapsedMs: number): Estimate {
  const isOverdue = elapsedMs >= ms;
  const leftMs = isOverdue ? elapsedMs * OVERDUE_SHARE : Math.max(ms * LEAST_SHARE, ms - elapsedMs);
  return { ms: leftMs, spreadMs: isOverdue ? leftMs : Math.min(spreadMs, spreadMs * LEAST_SHARE + leftMs) };
}

interface Of {
  kind?: string;
  busy?: number;
}

/**
 * How long a stage takes; what is usual as long as little was measured.
 * @param size null: as large as they were in the mean
 */
export function stageTime(load: Load, stage: Stage, size: number | null, of: Of = {}): Estimate {
  const rate = rateOf(load.rates, stage, of);
  const own = rate?.learned ?? null;
  const all = pooled(load.rates.filter((one) => one.stage === stage && one.kind === rate?.kind));
  const ms = expectedMs(stage, { own, all }, size) * slowness(load.rates, stage);
  return { ms, spreadMs: SMALLEST_MS + ms * spreadOf(own) };
}

/** Nothing is known to a moment. */
const SMALLEST_MS = 50;
/** The noise of a few calls is no news. */
const NO_NEWS = 1.3;
const SLOWEST = 5;
/** `busy` of the two rates of calls. */
export const CALLS_USUALLY = 0;
export const CALLS_NOW = 1;
const CALLED_IN: Partial<Record<Stage, string>> = {
  transcribing: 'transcribe',
  understanding: 'understand',
};

/** How much longer the calls of a stage take now than usually. */
export function slowness(rates: readonly Rate[], stage: Stage): number {
  const kind = CALLED_IN[stage];
  if (!kind) return 1;
  const calls = rates.filter((rate) => rate.stage === 'call' && rate.kind.startsWith(`${kind} `));
  const now = rateOf(calls, 'call', { busy: CALLS_NOW });
  const usual = calls.find((rate) => rate.kind === now?.kind && rate.busy === CALLS_USUALLY);
  if (!usual || !now || usual.learned.weight < ENOUGH) return 1;
  const times = now.learned.ms / now.learned.weight / Math.max(1, usual.learned.ms / usual.learned.weight);
  if (times < NO_NEWS && times > 1 / NO_NEWS) return 1;
  return Math.min(SLOWEST, Math.max(1 / SLOWEST, times));
}

/** What shares the workers: as many of both lanes as have places. */
export function busyNow({ places, lanes }: Load): number {
  const of = ({ running, waiting }: LaneLoad) => Math.min(Math.max(1, places), running.length + waiting);
  return busyOf(of(lanes.fresh) + of(lanes.backfill));
}

/** The time in a place: both stages of a recording. */
function inPlace(load: Load, seconds: number): Estimate {
  const transcribing = stageTime(load, 'transcribing', seconds, { busy: busyNow(load) });
  return plus(transcribing, stageTime(load, 'placing', seconds));
}

function leftOf(load: Load, { stage, seconds, elapsedMs }: UnderWay): Estimate {
  const placing = stageTime(load, 'placing', seconds);
  if (stage === 'placing') return remaining(placing, elapsedMs);
  const transcribing = stageTime(load, 'transcribing', seconds, { busy: busyNow(load) });
  return plus(remaining(transcribing, elapsedMs), placing);
}

/** Its number in the line, 1 for the first. */
export function placeInLine({ line, waiting }: LaneLoad, dueAtMs: number): number {
  return Math.min(Math.max(1, waiting), Math.floor(pointAt(line, dueAtMs).before) + 1);
}

/** Between two points of a long line it is in between. */
type Ahead = Pick<LinePoint, 'before' | 'secondsBefore'>;

function pointAt(line: readonly LinePoint[], dueAtMs: number): Ahead {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((line[middle]?.dueAtMs ?? 0) < dueAtMs) low = middle + 1;
    else high = middle;
  }
  const after = line[low];
  const before = line[low - 1];
  if (!before) return after ?? { before: 0, secondsBefore: 0 };
  if (!after) return { before: before.before + 1, secondsBefore: before.secondsBefore + before.seconds };
  if (after.before - before.before <= 1 || after.dueAtMs === before.dueAtMs) return after;
  const share = (dueAtMs - before.dueAtMs) / (after.dueAtMs - before.dueAtMs);
  return {
    before: before.before + share * (after.before - before.before),
    secondsBefore: before.secondsBefore + share * (after.secondsBefore - before.secondsBefore),
  };
}

/** So many are given places one by one; what is behind them shares all places evenly. */
const ONE_BY_ONE = 200;

/**
 * The time until so much sound of this lane has got a place, as a list that is worked off in order by several at once.
 * What comes later and is due before it is not in this; that it was so is learned (`queueTime`).
 */
export function untilPlaceMs(load: Load, lane: Lane, dueAtMs: number): number | null {
  const { running, line } = load.lanes[lane];
  const ahead = pointAt(line, dueAtMs);
  const free: number[] = Array.from({ length: Math.max(0, load.places - running.length) }, () => 0);
  for (const each of running) free.push(leftOf(load, each).ms);
  const before = Math.floor(ahead.before);
  if (free.length === 0) return null;
  if (before === 0) return Math.min(...free);
  const inTurn = line.slice(0, Math.min(before, ONE_BY_ONE));
  let secondsLeft = ahead.secondsBefore;
  for (const { seconds } of inTurn) {
    const work = inPlace(load, seconds);
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + work.ms;
    secondsLeft -= seconds;
  }
  const behind = before - inTurn.length;
  if (behind <= 0) return Math.min(...free);
  const each = inPlace(load, Math.max(0, secondsLeft) / behind);
  return Math.min(...free) + (behind * each.ms) / free.length;
}

/** The wait for a place, corrected by how such waits went. */
export function queueTime(load: Load, lane: Lane, dueAtMs: number): Estimate | null {
  const ms = untilPlaceMs(load, lane, dueAtMs);
  if (ms === null) return null;
  return stageTime(load, 'queued', ms / 1_000, { kind: lane, busy: waitSize(ms) });
}

/** Short and long waits go wrong in different ways: by powers of two of a second. */
export function waitSize(ms: number): number {
  return Math.ceil(Math.log2(Math.max(1, ms / 1_000)));
}

export interface RecordingNow {
  lane: Lane;
  dueAtMs: number;
  seconds: number;
  /** When the next attempt begins; null if it waits for nothing but a place. */
  nextTryAtMs: number | null;
  running: UnderWay | null;
}

/** Until its words are placed. */
export function untilWords(load: Load, recording: RecordingNow): Estimate | Unknown {
  const { lane, seconds, running, nextTryAtMs } = recording;
  if (load.places === 0) return 'no_worker';
  if (running?.isLost) return 'worker_lost';
  if (running) return leftOf(load, running);
  const work = inPlace(load, seconds);
  const known = { ms: Math.max(0, (nextTryAtMs ?? 0) - load.atMs), spreadMs: 0 };
  // After its wait it is due at that moment, behind what waits then and is due before.
  const queued = queueTime(load, lane, nextTryAtMs ?? recording.dueAtMs);
  if (!queued) return 'no_worker';
  return plus(nextTryAtMs === null ? queued : later(known, queued), work);
}

/** Until a conversation has its title, once its words are there: the rest of the wait for more uploads, then the work. */
export function untilMeaning(
  load: Load,
  {
    quietForMs,
    seconds,
    runningForMs,
  }: { quietForMs: number; seconds: number | null; runningForMs: number | null },
): Estimate | Unknown {
  if (load.places === 0) return 'no_worker';
  const work = stageTime(load, 'understanding', seconds);
  if (runningForMs !== null) return remaining(work, runningForMs);
  const wait = settleTime(load, quietForMs);
  return plus(wait, work);
}

/** @param quietForMs how long the wait for more uploads still is; after it a place is waited for */
export function settleTime(load: Load, quietForMs: number): Estimate {
  const left = load.understanding.map(({ seconds, elapsedMs }) => {
    return remaining(stageTime(load, 'understanding', seconds), elapsedMs).ms;
  });
  const isFull = load.understandPlaces > 0 && left.length >= load.understandPlaces;
  const ms = Math.max(quietForMs, isFull ? Math.min(...left) : 0);
  return stageTime(load, 'settling', ms / 1_000);
}

/** How far estimates of this kind were off, as a share of what it took; null before the first. */
export function usualError(load: Load, stage: Stage, kind?: string): number | null {
  const rate = rateOf(load.rates, stage, { kind });
  return rate && errorOf(rate.learned);
}
