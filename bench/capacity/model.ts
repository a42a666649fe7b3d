/**
 * A discrete-event model of a fleet: people sync batches of files over a day, workers listen to them and ask providers,
 * and PostgreSQL does its part of each. It is fed with measured costs. Pure: the same seed gives the same day.
 */
import { chance } from '../../tests/pipeline/chance.ts';
import { quantile } from '../../torture/pace.ts';
import { Simulation, Station } from './events.ts';

/** Milliseconds of one core, measured by a run at small size. */
export interface Costs {
  /** For each file until it is accepted. */
  apiMsPerFile: number;
  /** For each file from its acceptance to its place among the conversations, its share of the conversation included. */
  postgresMsPerFile: number;
  workerMsPerFile: number;
  /** Decoding and listening. */
  workerMsPerAudioSecond: number;
}

export interface Providers {
  transcriptionMs: number;
  transcriptionMsPerSpeechSecond: number;
  languageMs: number;
  languageCalls: number;
}

export interface People {
  people: number;
  hoursPerDay: number;
  /** The share of the audio in which somebody speaks. */
  speechShare: number;
  fileSeconds: number;
  /** How often a day the phone finds a network and sends what it has. */
  syncsPerDay: number;
  /** Shares of the day's syncs by hour, 24 of them. */
  hours: readonly number[];
}

export interface Fleet {
  workers: number;
  coresPerWorker: number;
  recordingsAtOnce: number;
  callsAtOnce: number;
  /** The api and PostgreSQL run on the worker's cores too, as on a machine of one's own. */
  isOneMachine: boolean;
}

export interface Day {
  files: number;
  /** Milliseconds from accepted to placed. */
  ageMs: { p50: number; p95: number; p99: number; most: number };
  /** From the first file of a sync to its meaning. */
  readyMs: { p50: number; p95: number };
  /** The last file's end, in milliseconds after the first arrival. */
  drainedMs: number;
  callsAtOnce: number;
  workerShare: number;
  apiCores: number;
  postgresCores: number;
}

const DAY_MS = 24 * 3_600_000;

export interface Batch {
  atMs: number;
  files: number;
}

export function simulate(
  costs: Costs,
  providers: Providers,
  people: People,
  fleet: Fleet,
  batches: readonly Batch[],
): Day {
  const simulation = new Simulation();
  const workers = Array.from({ length: fleet.workers }, () => ({
    places: new Station(simulation, fleet.recordingsAtOnce),
    cores: new Station(simulation, fleet.coresPerWorker),
    calls: new Station(simulation, fleet.callsAtOnce),
  }));
  // One queue for all workers: whoever has a place free takes the oldest.
  const queue = new Station(simulation, fleet.workers * fleet.recordingsAtOnce);
  const ages: number[] = [];
  const readies: number[] = [];
  let calls = 0;
  let mostCalls = 0;
  let drainedMs = 0;
  let turn = 0;
  const speechSeconds = people.fileSeconds * people.speechShare;
  const besidesMs = fleet.isOneMachine ? costs.apiMsPerFile + costs.postgresMsPerFile : 0;
  const listenMs = besidesMs + costs.workerMsPerFile + costs.workerMsPerAudioSecond * people.fileSeconds;
  const callMs = providers.transcriptionMs + providers.transcriptionMsPerSpeechSecond * speechSeconds;
  const call = (worker: (typeof workers)[number], ms: number, then: () => void) =>
    worker.calls.enter((leave) => {
      mostCalls = Math.max(mostCalls, ++calls);
      simulation.after(ms, () => {
        calls--;
        leave();
        then();
      });
    });
  for (const { atMs, files } of batches) {
    let left = files;
    for (let file = 0; file < files; file++) {
      simulation.at(atMs, () =>
        queue.enter((leave) => {
          const worker = workers[turn++ % workers.length];
          if (!worker) throw new Error('there are no workers');
          worker.cores.hold(listenMs, () =>
            call(worker, callMs, () => {
              leave();
              ages.push(simulation.nowMs - atMs);
              if (--left > 0) return;
              let questions = providers.languageCalls;
              for (let question = 0; question < providers.languageCalls; question++) {
                call(worker, providers.languageMs, () => {
                  if (--questions > 0) return;
                  readies.push(simulation.nowMs - atMs);
                  drainedMs = Math.max(drainedMs, simulation.nowMs);
                });
              }
            }),
          );
        }),
      );
    }
  }
  simulation.run();
  const firstMs = batches[0]?.atMs ?? 0;
  const lastedMs = Math.max(1, drainedMs - firstMs);
  const busyMs = workers.reduce((sum, { cores }) => sum + cores.busyMs, 0);
  return {
    files: ages.length,
    ageMs: {
      p50: quantile(ages, 0.5),
      p95: quantile(ages, 0.95),
      p99: quantile(ages, 0.99),
      most: quantile(ages, 1),
    },
    readyMs: { p50: quantile(readies, 0.5), p95: quantile(readies, 0.95) },
    drainedMs: lastedMs,
    callsAtOnce: mostCalls,
    workerShare: busyMs / (lastedMs * fleet.workers * fleet.coresPerWorker),
    apiCores: (ages.length * costs.apiMsPerFile) / lastedMs,
    postgresCores: (ages.length * costs.postgresMsPerFile) / lastedMs,
  };
}

/** The syncs of a day, in order of time. */
export function dayOf(people: People, seed: number): Batch[] {
  const next = chance(seed);
  const filesPerSync = (people.hoursPerDay * 3600) / people.fileSeconds / people.syncsPerDay;
  const sum = people.hours.reduce((total, share) => total + share, 0);
  const batches: Batch[] = [];
  for (let sync = 0; sync < people.people * people.syncsPerDay; sync++) {
    const hour = drawn(people.hours, next() * sum);
    // Some have more on their phone than others: half to one and a half times the mean.
    const files = Math.max(1, Math.round(filesPerSync * (0.5 + next())));
    batches.push({ atMs: ((hour + next()) / 24) * DAY_MS, files });
  }
  return batches.sort((a, b) => a.atMs - b.atMs);
}

/** The index at which the sum of the shares passes this one. */
function drawn(shares: readonly number[], at: number): number {
  let sum = 0;
  return Math.max(
    0,
    shares.findIndex((share) => {
      sum += share;
      return sum > at;
    }),
  );
}

/** The fewest workers with which the 95th percentile of the age stays below so much, found by doubling and halving. */
export function fewestWorkers(most: number, isEnough: (workers: number) => boolean): number {
  let high = 1;
  while (high < most && !isEnough(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
