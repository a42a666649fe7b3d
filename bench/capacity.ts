/**
 * Scale on paper: how many workers, connections, provider calls and cores of PostgreSQL so many people need, what they
 * wait for and what one costs a month. A model of a day, fed with costs that a run at small size measures.
 *
 *   npm run bench:capacity                       measures, checks the model against a run of another shape, then 1e6 people
 *   npm run bench:capacity -- --users 1e5 --hours 2
 */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { quantile } from '../torture/pace.ts';
import {
  type Batch,
  type Costs,
  type Day,
  dayOf,
  type Fleet,
  fewestWorkers,
  type People,
  type Providers,
  simulate,
} from './capacity/model.ts';
import { type RealRun, runReal } from './capacity/run.ts';
import { type Goal, judgeGoals } from './report/goals.ts';
import { seconds } from './report/seconds.ts';

/** Of the check: how far the model may be from the run. */
const OFF = 0.25;
const SPEECH_SHARE = 0.4;
const FILE_SECONDS = 60;
const SHORT_FILE_SECONDS = 20;
/** Short, so that a small run is held up by our own work as well as by calls. */
const SIMULATED: Providers = {
  transcriptionMs: 300,
  transcriptionMsPerSpeechSecond: 10,
  languageMs: 500,
  languageCalls: 3,
};
/** Those of the example in Omi's PR #5942: 18.4 s for a call about 41 s of speech, 7.4 s for a question. */
const REAL: Providers = {
  transcriptionMs: 4000,
  transcriptionMsPerSpeechSecond: 350,
  languageMs: 7400,
  languageCalls: 3,
};
/** Of the syncs by hour of the day: nobody at night, most in the evening when phones find a network. */
const HOURS = [1, 0, 0, 0, 0, 1, 3, 5, 6, 5, 4, 4, 6, 5, 4, 4, 5, 7, 9, 10, 9, 7, 4, 2];
/** A container of one core; its calls mostly wait. */
const ONE_WORKER: Fleet = {
  workers: 1,
  coresPerWorker: 1,
  recordingsAtOnce: 9,
  callsAtOnce: 8,
  isOneMachine: false,
};
/** The day is simulated for so many people; more of them and more workers behave alike, and wait a little less. */
const SAMPLE = 4000;
/** Wanted for 95 of 100 syncs: the meaning of all of their files. */
const READY_MS = 120_000;
/** In a fleet a worker waits for more calls than by default, because it would be busy for 4 % of the day otherwise. */
const FLEET_CALLS = 64;
const CALLING = { callsAtOnce: FLEET_CALLS, recordingsAtOnce: FLEET_CALLS + 1 };
/** At most, with a remote provider: docs/operating.md counts them. */
const CONNECTIONS_OF_A_WORKER = 25;
/** A PostgreSQL on its own machine, with room for vacuum and peaks. */
const POSTGRES_CORES = 32 * 0.6;

/** Opus of a wearable, 32 kbit/s. */
const OPUS_BYTES_PER_SECOND = 4000;

const options = new Command('bench:capacity')
  .option('--users <number>', 'people', Number, 1e6)
  .option('--hours <number>', 'of audio from each in a day', Number, 4)
  .option('--core-month <number>', 'what one core costs a month', Number, 20)
  .option('--gb-month <number>', 'what a stored gigabyte costs a month', Number, 0.02)
  .parse()
  .opts<{ users: number; hours: number; coreMonth: number; gbMonth: number }>();

const costs = await measure();
console.table({ 'milliseconds of one core': rounded(costs) });
await check(costs);
plan(costs);

/** Two runs with files of different length tell apart what a file costs and what its seconds cost. */
async function measure(): Promise<Costs> {
  const batches = Array.from({ length: 8 }, (): Batch => ({ atMs: 0, files: 6 }));
  const long = await run(batches, FILE_SECONDS);
  const short = await run(batches, SHORT_FILE_SECONDS);
  const perFile = ({ cpu, files }: RealRun) => cpu.workerMs / files;
  const perSecond = Math.max(0, (perFile(long) - perFile(short)) / (FILE_SECONDS - SHORT_FILE_SECONDS));
  return {
    apiMsPerFile: long.cpu.apiMs / long.files,
    postgresMsPerFile: (long.cpu.postgresMs + short.cpu.postgresMs) / (long.files + short.files),
    workerMsPerFile: perFile(long) - perSecond * FILE_SECONDS,
    workerMsPerAudioSecond: perSecond,
  };
}

/** A run that the model has not seen: other batches, in the course of half a minute. */
async function check(costs: Costs): Promise<void> {
  const batches = [3, 12, 1, 8, 20, 2, 5, 9].map((files, index): Batch => ({ atMs: index * 4000, files }));
  const real = await run(batches, FILE_SECONDS);
  const model = simulate(
    costs,
    SIMULATED,
    peopleOf(1),
    { ...ONE_WORKER, coresPerWorker: availableParallelism(), isOneMachine: true },
    batches,
  );
  const rows = {
    'until all is ready, s': [real.drainedMs, model.drainedMs],
    'a sync until ready, p50, s': [quantile(real.readyMs, 0.5), model.readyMs.p50],
    'a sync until ready, p95, s': [quantile(real.readyMs, 0.95), model.readyMs.p95],
  };
  const goals: Goal[] = [];
  const table = Object.entries(rows).map(([what, [seen = 0, said = 0]]) => {
    const off = said / seen - 1;
    goals.push({ what: `the model's ${what}: off by`, is: Math.abs(off), atMost: OFF });
    return { what, run: seconds(seen), model: seconds(said), off: `${Math.round(off * 100)} %` };
  });
  console.log('the model beside a run of 60 files that it has not seen');
  console.table(table);
  console.log(`wanted: at most ${OFF * 100} % off`);
  judgeGoals(goals);
}

function plan(costs: Costs): void {
  const people = peopleOf(SAMPLE);
  const batches = dayOf(people, 1);
  const day = (workers: number) =>
    simulate(costs, REAL, people, { ...ONE_WORKER, ...CALLING, workers }, batches);
  const workers = fewestWorkers(4096, (count) => day(count).readyMs.p95 <= READY_MS);
  const scale = options.users / SAMPLE;
  console.log(
    `${options.users} people with ${options.hours} h a day, 95 of 100 syncs ready within ${READY_MS / 1000} s, ${FLEET_CALLS} calls a worker`,
  );
  console.table(needs(costs, day(workers), workers, scale));
}

function needs(costs: Costs, day: Day, workers: number, scale: number): Record<string, string> {
  const all = Math.ceil(workers * scale);
  // The peak is what a machine must be made for; the mean of the day is what the model gives.
  const peak = (Math.max(...HOURS) * 24) / HOURS.reduce((sum, share) => sum + share, 0);
  const postgresCores = day.postgresCores * scale * peak;
  const databases = Math.max(1, Math.ceil(postgresCores / POSTGRES_CORES));
  const apiCores = day.apiCores * scale * peak;
  const cores = all * ONE_WORKER.coresPerWorker + postgresCores + apiCores;
  const gbADay = (options.users * options.hours * 3600 * OPUS_BYTES_PER_SECOND) / 1e9;
  const monthly = (cores * options.coreMonth + gbADay * 30 * 12 * options.gbMonth) / options.users;
  return {
    workers: `${all}, busy ${Math.round(day.workerShare * 100)} % of the day`,
    'files a day': String(Math.round(day.files * scale)),
    'age of a file until placed': `p50 ${seconds(day.ageMs.p50)} s, p95 ${seconds(day.ageMs.p95)} s, p99 ${seconds(day.ageMs.p99)} s`,
    'a sync until its meaning': `p50 ${seconds(day.readyMs.p50)} s, p95 ${seconds(day.readyMs.p95)} s`,
    'provider calls at once': String(Math.round(day.callsAtOnce * scale)),
    'connections to PostgreSQL': `up to ${all * CONNECTIONS_OF_A_WORKER} from workers; over 500 a database, put PgBouncer before it`,
    'cores of the api at the peak': apiCores.toFixed(1),
    'cores of PostgreSQL at the peak': postgresCores.toFixed(1),
    'databases of 32 cores': `${databases}; above one, each is an installation of its own, and your gateway sends each person to one of them`,
    'people per database': String(Math.round(options.users / Math.max(1, postgresCores / POSTGRES_CORES))),
    'a person and month': `${monthly.toFixed(3)} for cores and a year of stored audio, the providers' prices not included`,
    'worker, ms of a core per hour of audio': String(Math.round(costs.workerMsPerAudioSecond * 3600)),
  };
}

function peopleOf(count: number): People {
  return {
    people: count,
    hoursPerDay: options.hours,
    speechShare: SPEECH_SHARE,
    fileSeconds: FILE_SECONDS,
    syncsPerDay: 8,
    hours: HOURS,
  };
}

async function run(batches: readonly Batch[], fileSeconds: number): Promise<RealRun> {
  const real = await runReal({ batches, fileSeconds, speechShare: SPEECH_SHARE, providers: SIMULATED });
  console.error(`${real.files} files of ${fileSeconds} s: ready after ${seconds(real.drainedMs)} s`);
  return real;
}

function rounded(costs: Costs): Record<string, number> {
  return Object.fromEntries(Object.entries(costs).map(([name, ms]) => [name, Math.round(ms * 10) / 10]));
}
