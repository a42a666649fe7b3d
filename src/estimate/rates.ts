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

/**
 * How long a wait takes whose size is what the rule says it is, in seconds. Waits of a moment that took half a minute do not
 * make minutes of one of seconds: it is longer by no more than those were.
 */
function waitMs({ times, weight, ms, size: sizes }: Learned, size: number): number {
  const longerMs = Math.max(0, (ms - sizes * A_SECOND_MS) / weight);
  const byTimes = (size * A_SECOND_MS + MOMENT_MS) * Math.exp(times / weight) - MOMENT_MS;
  return Math.max(0, Math.min(byTimes, size * A_SECOND_MS + longerMs));
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

interface Usual {
  fixedMs: number;
  /** For each second of sound. */
  perUnitMs: number;
}

/**
 * What work takes where little was learned: with the local models on two cores, a recording of a minute has its words after
 * 7 s and a conversation its title after 5 s (`npm run bench`). Providers and other machines are within some times of it.
 */
const USUAL: Partial<Record<Stage, Usual>> = {
  transcribing: { fixedMs: 3_000, perUnitMs: 60 },
  placing: { fixedMs: 50, perUnitMs: 0 },
  understanding: { fixedMs: 5_000, perUnitMs: 2 },
};
/** Of a conversation whose length is not known yet. */
const USUAL_SIZE = 300;

/** Fewer samples than about so many say little: the first ones load models, or meet a machine that does something else. */
export const ENOUGH = 10;
/** As long as there are fewer, an estimate is at most so many times what is usual, and at least that part of it. */
export const PLAUSIBLE_TIMES = 4;
/** How far such an estimate may be off, as a share of it. */
const UNSURE = 1.2;

/** What a stage takes before anything was learned. A wait is expected to take what the rule says. */
export function usualMs(stage: Stage, size: number | null): number {
  const usual = USUAL[stage];
  return usual ? usual.fixedMs + usual.perUnitMs * (size ?? USUAL_SIZE) : (size ?? 0) * A_SECOND_MS;
}

function trustIn(learned: Learned | null): number {
  return learned ? Math.min(1, learned.weight / ENOUGH) : 0;
}

/** The more was learned, the less what was expected without it counts. */
function tempered(expectedMs: number, learnedMs: number, trust: number): number {
  if (trust >= 1) return learnedMs;
  const [expected, own] = [expectedMs + MOMENT_MS, learnedMs + MOMENT_MS];
  const ms = expected * (own / expected) ** trust;
  const most = expected * PLAUSIBLE_TIMES;
  return Math.max(0, Math.min(most, Math.max(expected / PLAUSIBLE_TIMES, ms)) - MOMENT_MS);
}

/**
 * @param own what was learned under this load
 * @param all what was learned under any load: it says more than a few samples under this one
 * @param size null: as large as they were in the mean
 */
export function expectedMs(
  stage: Stage,
  { own, all }: { own: Learned | null; all: Learned | null },
  size: number | null,
): number {
  const wanted = size ?? (all ? all.size / all.weight : null);
  const usual = usualMs(stage, wanted);
  if (!own || !all) return usual;
  const at = wanted ?? 0;
  // Short and long waits go wrong in different ways, so those of any load say nothing about this one.
  const isWork = USUAL[stage] !== undefined;
  const before = isWork ? tempered(usual, durationMs(stage, all, at), trustIn(all)) : usual;
  if (isWork && trustIn(all) < 1) return before;
  return tempered(before, durationMs(stage, own, at), trustIn(own));
}

/** The sums of all together. */
export function pooled(rates: readonly Rate[]): Learned | null {
  const [first, ...others] = rates;
  if (!first) return null;
  const sum = { ...first.learned };
  for (const { learned } of others)
    for (const name of Object.keys(sum) as (keyof Learned)[]) sum[name] += learned[name];
  return sum;
}

/** How much of an estimate may be off, for the range around it. */
export function spreadOf(learned: Learned | null): number {
  if (!learned) return UNSURE;
  const trust = trustIn(learned);
  const own = trust < 1 ? Math.min(UNSURE, offOf(learned)) : offOf(learned);
  return trust * own + (1 - trust) * UNSURE;
}

/** How much of an estimate it was off in the mean, for the range around the next one. */
function offOf({ judged, offMs, estimatedMs }: Learned): number {
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
