/**
 * Learns how long stages take, and how far the estimates of them were off. Pure.
 * A stage takes a fixed time and a time for each unit of its size: a second of sound, or a second of a wait that is
 * known beforehand. Older samples weigh less, so each rate is a few sums, however much was measured.
 */

/** How a stage is measured: each has a size of its own kind. */
export type Stage = 'queued' | 'transcribing' | 'placing' | 'settling' | 'understanding' | 'words';

export interface Learned {
  weight: number;
  size: number;
  ms: number;
  sizeSquared: number;
  both: number;
  /** Of the logarithms of how many times as long as its size it took, for waits: half are shorter than their mean, half longer. */
  times: number;
  /** Of the estimates that were made when the stage began: relative error, milliseconds off, and milliseconds estimated. */
  judged: number;
  error: number;
  offMs: number;
  estimatedMs: number;
}

export interface Sample {
  size: number;
  ms: number;
  /** What was estimated when it began; null if nothing could be. */
  estimatedMs: number | null;
}

/** Each sample weighs this much less than the next one, so that some hundred of them count. */
const REMEMBERED = 0.99;
/** Errors are told of a hundred. */
const ERRORS_REMEMBERED = 0.99;
/** One estimate that was wildly wrong must not hide the others. */
const LARGEST_ERROR = 3;

const A_SECOND_MS = 1_000;
/** Work is found and begun within this: a wait of nothing takes as long. */
const MOMENT_MS = 100;

const NOTHING: Learned = {
  weight: 0,
  size: 0,
  ms: 0,
  sizeSquared: 0,
  both: 0,
  times: 0,
  judged: 0,
  error: 0,
  offMs: 0,
  estimatedMs: 0,
};

export function learn(
  before: Learned | undefined,
  { size, ms, estimatedMs }: Sample,
  remembered = REMEMBERED,
): Learned {
  const { weight, judged, ...old } = before ?? NOTHING;
  const isJudged = estimatedMs !== null;
  const keep = isJudged ? ERRORS_REMEMBERED : 1;
  const offMs = isJudged ? Math.abs(estimatedMs - ms) : 0;
  return {
    weight: weight * remembered + 1,
    size: old.size * remembered + size,
    ms: old.ms * remembered + ms,
    sizeSquared: old.sizeSquared * remembered + size ** 2,
    both: old.both * remembered + size * ms,
    times: old.times * remembered + Math.log((ms + MOMENT_MS) / (size * A_SECOND_MS + MOMENT_MS)),
    judged: judged * keep + (isJudged ? 1 : 0),
    error: old.error * keep + Math.min(LARGEST_ERROR, offMs / Math.max(1, ms)),
    offMs: old.offMs * keep + offMs,
    estimatedMs: old.estimatedMs * keep + (estimatedMs ?? 0),
  };
}

/** Sizes that differ by less than a quarter of their mean, or by a second, say little about which part is which. */
const TOO_EVEN = 0.25;

/** How long a wait takes whose size is what the rule says it is, in seconds. */
function waitMs({ times, weight }: Learned, size: number): number {
  return Math.max(0, (size * A_SECOND_MS + MOMENT_MS) * Math.exp(times / weight) - MOMENT_MS);
}

/**
 * The line through the samples, drawn towards a guess as long as their sizes are much alike: half for the fixed part and half
 * for the sound is the guess that is the least wrong for either kind of provider.
 */
function workMs(learned: Learned, size: number): number {
  const meanSize = learned.size / learned.weight;
  const meanMs = learned.ms / learned.weight;
  const guess = meanMs / 2 / Math.max(meanSize, 1);
  const variance = Math.max(0, learned.sizeSquared / learned.weight - meanSize ** 2);
  const covariance = learned.both / learned.weight - meanSize * meanMs;
  const pull = (TOO_EVEN * meanSize) ** 2 + 1;
  const slope = (covariance + pull * guess) / (variance + pull);
  const perUnit = Math.min(Math.max(0, slope), meanMs / Math.max(meanSize, Number.EPSILON));
  return Math.max(0, meanMs + perUnit * (size - meanSize));
}

export function durationMs(stage: Stage, learned: Learned, size: number): number {
  return stage === 'queued' || stage === 'settling' ? waitMs(learned, size) : workMs(learned, size);
}

/** How much of an estimate it was off in the mean, for the range around the next one. */
export function spreadOf({ judged, offMs, estimatedMs }: Learned): number {
  // Without a judgement half of it is the guess.
  return judged === 0 ? 0.5 : Math.min(LARGEST_ERROR, offMs / Math.max(1, estimatedMs));
}

/** |estimated - real| / real in the mean; null before the first. */
export function errorOf({ judged, error }: Learned): number | null {
  return judged === 0 ? null : error / judged;
}

export interface Rate {
  stage: Stage | 'call';
  /** The lane, or what was asked: a rate holds for it alone. */
  kind: string;
  /** How much was under way, by powers of two: what shares the processor and a provider takes longer. */
  busy: number;
  learned: Learned;
  updatedAtMs: number;
}

export function busyOf(underWay: number): number {
  return Math.ceil(Math.log2(Math.max(1, underWay)));
}

/** The rate that was measured under the nearest load, of the kind that was measured last. */
export function rateOf(
  rates: readonly Rate[],
  stage: Rate['stage'],
  { kind, busy = 0 }: { kind?: string | undefined; busy?: number } = {},
): Rate | null {
  const own = rates.filter((rate) => rate.stage === stage && (kind === undefined || rate.kind === kind));
  const newest = own.reduce<Rate | null>(
    (best, rate) => (best && best.updatedAtMs >= rate.updatedAtMs ? best : rate),
    null,
  );
  if (!newest) return null;
  return own
    .filter((rate) => rate.kind === newest.kind)
    .reduce((best, rate) => (Math.abs(rate.busy - busy) < Math.abs(best.busy - busy) ? rate : best));
}
