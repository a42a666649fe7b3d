/**
 * 21 minutes in which 13 uploads meet providers that slow down, at a quarter of their time: nine people send Omi's case
 * while the latency of the providers grows with the calls under way and one call in twenty is refused. Ours and Omi's way
 * get the same arrivals, one after the other.
 *
 *   npm run bench:slow-providers                       about 12 minutes
 *   npm run bench:slow-providers -- --only deepgram
 *   npm run bench:slow-providers -- --minutes 2 --uploads 2    to see that it runs
 *   npm run bench:slow-providers -- --all-41           ours alone: the 28 other uploads of those 48 hours follow in two minutes
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';

import { startProviders } from '../simulators/providers.ts';
import { chance } from '../tests/pipeline/chance.ts';
import { quantile } from '../torture/pace.ts';
import { criticalPathMs, slowestBoundMs } from './omi-case/critical-path.ts';
import { CALLS_AT_ONCE, KINDS, type Kind, settingsOf, transcriberOf } from './omi-case/kinds.ts';
import { runOmisWay } from './omi-case/omis-way.ts';
import { sendToOurs } from './omi-case/ours.ts';
import { omiCase, SPEECH_SECONDS } from './omi-case/recording.ts';
import { residentMemory } from './process-memory.ts';
import { judgeGoals } from './report/goals.ts';
import { savePlot } from './report/plot.ts';
import { seconds } from './report/seconds.ts';
import { startServing } from './serving.ts';

const TIME = 1 / 4;
const PEOPLE = 9;
const OTHER_UPLOADS = 28;
const OTHER_PEOPLE = 17;
const OTHERS_WITHIN_MS = 120_000;
/** The gateway's patience, 120 s. */
const GATEWAY_MS = 120_000 * TIME;
const TRANSCRIPTION_MS = 18_400 * TIME;
const LANGUAGE_MS = 7400 * TIME;
/** Calls at once that the provider answers as fast as one; more of them share the same throughput. */
const CAPACITY = 6;
const REFUSED = 0.05;
const LONGEST_PIECE_SECONDS = 120;
const OF_LOWER_BOUND = 1.5;
const OF_OMIS_WAY = 0.6;

const { only, all41, seed, minutes, uploads } = new Command('bench:slow-providers')
  .option('--only <kind>', `one of ${KINDS.join(', ')}`, 'openai')
  .option('--all-41', 'ours alone, with the 28 other uploads of the 48 hours', false)
  .option('--seed <number>', 'of the arrivals', Number, 1)
  .option('--minutes <number>', 'in which they arrive, of the real time', Number, 21)
  .option('--uploads <number>', 'that arrive in them', Number, 13)
  .parse()
  .opts<{ only: Kind; all41: boolean; seed: number; minutes: number; uploads: number }>();

interface Arrival {
  atMs: number;
  user: string;
}

interface Outcome {
  arrivedMs: number;
  /** null: it failed. */
  readyMs: number | null;
  acceptedMs: number;
}

const withinMs = minutes * 60_000 * TIME;
const arrivals = arrivalsOf(uploads, PEOPLE, withinMs, 0);
if (all41) arrivals.push(...arrivalsOf(OTHER_UPLOADS, OTHER_PEOPLE, OTHERS_WITHIN_MS, withinMs));
console.error(`${arrivals.length} uploads at ${arrivals.map(({ atMs }) => seconds(atMs)).join(', ')} s`);

/** Seconds and resident megabytes. */
const memory = { worker: [] as [number, number][], api: [] as [number, number][] };
const speech = await startProviders({
  seed,
  latency: { kind: 'load-dependent', ms: TRANSCRIPTION_MS, capacity: CAPACITY },
  faults: { rate429: REFUSED },
  retryAfter: { seconds: 1, form: 'seconds' },
});
const language = await startProviders({
  seed,
  latency: { kind: 'load-dependent', ms: LANGUAGE_MS, capacity: CAPACITY },
  faults: { rate429: REFUSED },
  retryAfter: { seconds: 1, form: 'seconds' },
});
try {
  const ours = await runOurs();
  const theirs = all41 ? null : await runTheirs();
  const alone = {
    listenMs: theirs?.listenMs ?? 0,
    cores: availableParallelism(),
    speechSeconds: SPEECH_SECONDS,
    callsAtOnce: CALLS_AT_ONCE,
    longestPieceSeconds: LONGEST_PIECE_SECONDS,
    transcription: { ms: TRANSCRIPTION_MS, msPerSecond: 0, twice: 0 },
    languageMs: LANGUAGE_MS,
    languageTwice: 0,
    languageCalls: 3,
  };
  const arrivalsMs = arrivals.map(({ atMs }) => atMs);
  await draw(ours, theirs?.outcomes ?? []);
  judge(ours, theirs?.outcomes ?? null, {
    aloneMs: criticalPathMs(alone),
    slowestMs: slowestBoundMs({ ...alone, arrivalsMs, capacity: CAPACITY }),
  });
} finally {
  await Promise.all([speech.close(), language.close()]);
}

async function runOurs(): Promise<Outcome[]> {
  const server = await startServing({
    ...settingsOf(only, speech),
    AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
    AFTERWORD_LANGUAGE_MODEL_URL: language.openAiUrl,
  });
  const startedAt = performance.now();
  const watching = setInterval(async () => {
    const now = await residentMemory(Number(server.process.pid));
    const atSeconds = (performance.now() - startedAt) / 1000;
    memory.worker.push([atSeconds, now.worker]);
    memory.api.push([atSeconds, now.api]);
  }, 2000);
  try {
    return await atArrivals(async ({ user }, index) => {
      return await sendToOurs(server.url, index, user);
    });
  } finally {
    clearInterval(watching);
    await server.close();
  }
}

async function runTheirs(): Promise<{ outcomes: Outcome[]; listenMs: number }> {
  const transcriber = transcriberOf(only, speech);
  const listened: number[] = [];
  try {
    const outcomes = await atArrivals(async (_, index) => {
      const { totalMs, listenMs } = await runOmisWay(omiCase(index + 100), {
        transcriber,
        languageModelUrl: language.openAiUrl,
      });
      listened.push(listenMs);
      return { acceptedMs: totalMs, readyMs: totalMs };
    });
    return { outcomes, listenMs: Math.min(...listened) };
  } finally {
    await transcriber.close();
  }
}

async function atArrivals(
  run: (arrival: Arrival, index: number) => Promise<Omit<Outcome, 'arrivedMs'>>,
): Promise<Outcome[]> {
  const startedAt = performance.now();
  return await Promise.all(
    arrivals.map(async (arrival, index) => {
      await delay(Math.max(0, arrival.atMs - (performance.now() - startedAt)));
      const outcome = await run(arrival, index).catch((error: unknown) => {
        console.error(`upload ${index}: ${String(error)}`);
        return { readyMs: null, acceptedMs: Number.POSITIVE_INFINITY };
      });
      console.error(`upload ${index}: ${outcome.readyMs === null ? 'failed' : seconds(outcome.readyMs)} s`);
      return { ...outcome, arrivedMs: arrival.atMs };
    }),
  );
}

/** People who come by chance: the gaps are exponential, scaled so that the last one falls into the time. */
function arrivalsOf(count: number, people: number, withinMs: number, fromMs: number): Arrival[] {
  const next = chance(seed + count);
  const gaps = Array.from({ length: count }, () => -Math.log(1 - next()));
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  let at = 0;
  return gaps.map((gap, index) => {
    at += gap;
    return { atMs: fromMs + (at / sum) * withinMs * 0.95, user: `person-${index % people}` };
  });
}

/** @param bound of an upload alone, and of the slowest, which is the 95th percentile of up to twenty */
function judge(
  ours: readonly Outcome[],
  theirs: readonly Outcome[] | null,
  bound: { aloneMs: number; slowestMs: number },
): void {
  const table: Record<string, object> = { ours: rowOf(ours) };
  if (theirs) table["Omi's way"] = rowOf(theirs);
  if (theirs) table['lower bound'] = { p50: seconds(bound.aloneMs), p95: seconds(bound.slowestMs) };
  console.log(`${arrivals.length} uploads, ${only}, at ${TIME} of the time; seconds`);
  console.table(table);
  const failed = ours.filter(({ readyMs }) => readyMs === null).length;
  const timedOut = ours.filter(({ acceptedMs }) => acceptedMs > GATEWAY_MS).length;
  console.log(`answers later than the gateway's ${GATEWAY_MS / 1000} s: ${timedOut}; failures: ${failed}`);
  judgeGoals([
    { what: 'answers later than the gateway', is: timedOut, atMost: 0 },
    { what: 'failures', is: failed, atMost: 0 },
  ]);
  if (!theirs) return;
  const p95 = quantile(readyOf(ours), 0.95);
  const ofBound = p95 / bound.slowestMs;
  const ofTheirs = p95 / quantile(readyOf(theirs), 0.95);
  console.log(
    `p95 is ${ofBound.toFixed(2)} of the lower bound of the slowest (${(p95 / bound.aloneMs).toFixed(2)} of an upload alone; wanted ${OF_LOWER_BOUND}) and ${ofTheirs.toFixed(2)} of Omi's way (wanted ${OF_OMIS_WAY})`,
  );
  judgeGoals([
    { what: 'p95, of the lower bound of the slowest:', is: ofBound, atMost: OF_LOWER_BOUND },
    { what: "p95, of Omi's way:", is: ofTheirs, atMost: OF_OMIS_WAY },
  ]);
}

async function draw(ours: readonly Outcome[], theirs: readonly Outcome[]): Promise<void> {
  const part = all41 ? 'all-41' : 'slow-providers';
  const sides = [
    { name: 'ours', outcomes: ours },
    ...(theirs.length > 0 ? [{ name: "Omi's way", outcomes: theirs }] : []),
  ];
  await savePlot({
    name: `${part}-latency`,
    title: 'From the first byte to the meaning',
    x: 'arrival, s',
    y: 's',
    lines: sides.map(({ name, outcomes }) => ({
      name,
      points: outcomes.map(({ arrivedMs, readyMs }) => [arrivedMs / 1000, (readyMs ?? 0) / 1000] as const),
    })),
  });
  await savePlot({
    name: `${part}-queue-age`,
    title: 'Age of the oldest upload that is not ready',
    x: 'time, s',
    y: 's',
    lines: sides.map(({ name, outcomes }) => ({ name, points: oldestOf(outcomes) })),
  });
  await savePlot({
    name: `${part}-memory`,
    title: 'Resident memory of ours',
    x: 'time, s',
    y: 'MB',
    lines: [
      { name: 'worker', points: memory.worker },
      { name: 'api', points: memory.api },
    ],
  });
}

/** For each second, in seconds. */
function oldestOf(outcomes: readonly Outcome[]): [number, number][] {
  const lasts = Math.max(...outcomes.map(({ arrivedMs, readyMs }) => arrivedMs + (readyMs ?? 0)));
  return Array.from({ length: Math.ceil(lasts / 1000) }, (_, second) => {
    const open = outcomes.filter(
      ({ arrivedMs, readyMs }) => arrivedMs <= second * 1000 && second * 1000 < arrivedMs + (readyMs ?? 0),
    );
    return [second, Math.max(0, ...open.map(({ arrivedMs }) => second - arrivedMs / 1000))];
  });
}

function rowOf(outcomes: readonly Outcome[]) {
  return {
    p50: seconds(quantile(readyOf(outcomes), 0.5)),
    p95: seconds(quantile(readyOf(outcomes), 0.95)),
    slowest: seconds(quantile(readyOf(outcomes), 1)),
    'answer, slowest': seconds(Math.max(...outcomes.map(({ acceptedMs }) => acceptedMs))),
    'later than the gateway': outcomes.filter(({ acceptedMs }) => acceptedMs > GATEWAY_MS).length,
    failed: outcomes.filter(({ readyMs }) => readyMs === null).length,
  };
}

function readyOf(outcomes: readonly Outcome[]): number[] {
  return outcomes.map(({ readyMs }) => readyMs ?? Number.POSITIVE_INFINITY);
}
