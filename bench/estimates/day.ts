/**
 * A simulated day of one server: people sync files, some send a backlog, and providers slow down at times. The order of the
 * queue, the estimates and what is learned are the product's own rules; only the clock and the costs are simulated.
 */

import { debounceMs } from '../../src/conversations/settled.ts';
import { learn, type Rate, type Stage } from '../../src/estimate/rates.ts';
import {
  CALLS_NOW,
  CALLS_USUALLY,
  type LinePoint,
  type Load,
  type RecordingNow,
  slowness,
} from '../../src/estimate/rule.ts';
import { type Begin, beginOf, stepOf } from '../../src/estimate/steps.ts';
import type { NewEvent } from '../../src/events/types.ts';
import { assignDueTimes, laneOf } from '../../src/intake/fair-queue.ts';
import type { Lane } from '../../src/store/tables/columns.ts';
import { chance } from '../../tests/pipeline/chance.ts';
import { Simulation, Station } from '../capacity/events.ts';

export interface DayCosts {
  listenMsPerSecond: number;
  listenMsPerFile: number;
  placeMs: number;
  claimMs: number;
  callMs: number;
  callMsPerSpeechSecond: number;
  languageMs: number;
  speechShare: number;
  /** Standard deviation of the logarithm of what a call takes. */
  callNoise: number;
  languageNoise: number;
}

export interface DayOfPeople {
  hours: number;
  people: number;
  syncsPerPerson: number;
  filesPerSync: number;
  fileSeconds: readonly number[];
  /** When a person sends so many old files at once. */
  backlogs: readonly { atHour: number; files: number }[];
  /** When calls take so many times as long. */
  slow: readonly { fromHour: number; toHour: number; times: number }[];
}

export interface Machine {
  cores: number;
  places: number;
  callsAtOnce: number;
  understandPlaces: number;
  quietMs: number;
}

/** One estimate that was made when its stage began, and what became of it. */
export interface Judged {
  stage: Stage;
  lane: string;
  atHour: number;
  estimatedMs: number;
  realMs: number;
  isBetween: boolean;
}

const HOUR_MS = 3_600_000;
/** As long as the product keeps what it has read. */
const KEPT_MS = 1_000;
const POINTS = 200;
/** Where the simulated day lies does not matter. */
const START_MS = Date.UTC(2026, 2, 3);

interface File {
  id: string;
  person: number;
  sync: Sync;
  lane: Lane;
  dueAtMs: number;
  seconds: number;
  acceptedAtMs: number;
  stage: 'waiting' | 'transcribing' | 'placing';
  sinceMs: number;
}

interface Sync {
  id: string;
  left: number;
  seconds: number;
  acceptedAtMs: number;
  beforeMs: number | null;
}

/** By the busiest hours of evenings: shares of the syncs. */
const HOURS = [1, 1, 1, 1, 1, 2, 5, 9, 8, 6, 5, 5, 7, 6, 5, 5, 6, 9, 11, 12, 10, 8, 5, 2];

export function simulateDay(
  costs: DayCosts,
  day: DayOfPeople,
  machine: Machine,
  seed: number,
  spreads: { before: number; after: number },
): Judged[] {
  const next = chance(seed);
  const simulation = new Simulation();
  const now = () => START_MS + simulation.nowMs;
  const cores = new Station(simulation, machine.cores);
  const calls = new Station(simulation, machine.callsAtOnce);
  const language = new Station(simulation, machine.understandPlaces);
  const lines: Record<Lane, File[]> = { fresh: [], backfill: [] };
  const running: Record<Lane, Set<File>> = { fresh: new Set(), backfill: new Set() };
  const understanding = new Map<string, { seconds: number; sinceMs: number }>();
  const rates = new Map<string, Rate>();
  const clocks = new Map<string, number>();
  const judged: Judged[] = [];
  const open = new Map<string, Begin & { atMs: number }>();

  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const noisy = (ms: number, noise: number) => ms * Math.exp(noise * normal());
  const times = () => {
    const hour = simulation.nowMs / HOUR_MS;
    return day.slow.find(({ fromHour, toHour }) => hour >= fromHour && hour < toHour)?.times ?? 1;
  };
  const note = (
    { stage, kind, busy }: Pick<Rate, 'stage' | 'kind' | 'busy'>,
    sample: { size: number; ms: number; estimatedMs: number | null },
    remembered?: number,
  ) => {
    const key = `${stage} ${kind} ${busy}`;
    const learned = learn(rates.get(key)?.learned, sample, remembered);
    rates.set(key, { stage, kind, busy, learned, updatedAtMs: now() });
  };
  const noteCall = (kind: string, ms: number) => {
    const sample = { size: 0, ms, estimatedMs: null };
    note({ stage: 'call', kind: `${kind} simulated`, busy: CALLS_USUALLY }, sample, 0.998);
    note({ stage: 'call', kind: `${kind} simulated`, busy: CALLS_NOW }, sample, 0.8);
  };

  let kept: { load: Load; atMs: number } | undefined;
  const loadNow = (): Load => {
    if (kept && simulation.nowMs - kept.atMs < KEPT_MS && kept.load.rates.length > 0) return kept.load;
    const lane = (of: Lane) => ({
      waiting: lines[of].length,
      line: pointsOf(lines[of]),
      running: [...running[of]].map((file) => ({
        id: file.id,
        stage: file.stage === 'placing' ? ('placing' as const) : ('transcribing' as const),
        seconds: file.seconds,
        elapsedMs: now() - file.sinceMs,
      })),
    });
    const load: Load = {
      atMs: now(),
      places: machine.places,
      understandPlaces: machine.understandPlaces,
      quietMs: machine.quietMs,
      lanes: { fresh: lane('fresh'), backfill: lane('backfill') },
      understanding: [...understanding.values()].map(({ seconds, sinceMs }) => ({
        seconds,
        elapsedMs: now() - sinceMs,
      })),
      rates: [...rates.values()],
    };
    kept = { load, atMs: simulation.nowMs };
    return load;
  };

  /** The events are those of the product, and so is what they end and begin. */
  const tell = (
    event: { type: string; data: object },
    about: { recording?: RecordingNow; talk?: { seconds: number; quietMs: number | null } },
  ) => {
    const step = stepOf(event as NewEvent);
    if (!step) return;
    const load = loadNow();
    for (const stage of STAGES) {
      const key = `${stage} ${step.subject}`;
      const begun = open.get(key);
      if (!begun || (stage === 'words' && !step.isOver)) continue;
      open.delete(key);
      if (!step.ends.includes(stage)) continue;
      const realMs = now() - begun.atMs;
      const slow = slowness(load.rates, stage);
      const { estimate, kind, busy, size } = begun;
      const estimatedMs = estimate?.ms ?? null;
      note(
        { stage, kind, busy },
        { size, ms: realMs / slow, estimatedMs: estimatedMs === null ? null : estimatedMs / slow },
      );
      if (estimate === null || estimatedMs === null) continue;
      const { before, after } = spreads;
      const isBetween =
        realMs >= estimatedMs - before * estimate.spreadMs &&
        realMs <= estimatedMs + after * estimate.spreadMs;
      judged.push({
        stage,
        lane: kind,
        atHour: (begun.atMs - START_MS) / HOUR_MS,
        estimatedMs,
        realMs,
        isBetween,
      });
    }
    for (const stage of step.begins) {
      const begin = beginOf(load, stage, about);
      if (begin) open.set(`${stage} ${step.subject}`, { ...begin, atMs: now() });
    }
  };
  const recordingNow = (file: File): RecordingNow => ({
    lane: file.lane,
    dueAtMs: file.dueAtMs,
    seconds: file.seconds,
    nextTryAtMs: null,
    running: null,
  });
  const data = (file: File, stage: string) => ({ recordingId: file.id, stage, lane: file.lane, heardMs: 0 });

  const understand = (sync: Sync) => {
    tell(
      { type: 'conversation.stage', data: { conversationId: sync.id, stage: 'understanding' } },
      { talk: { seconds: sync.seconds, quietMs: null } },
    );
    understanding.set(sync.id, { seconds: sync.seconds, sinceMs: now() });
    // Three calls at once: the slowest one counts.
    const took = [1, 2, 3].map(() => noisy(costs.languageMs, costs.languageNoise) * times());
    for (const ms of took) noteCall('understand', ms);
    return Math.max(...took);
  };
  const settle = (sync: Sync) => {
    const accepted = [sync.acceptedAtMs, ...(sync.beforeMs === null ? [] : [sync.beforeMs])];
    const quietMs = debounceMs(accepted, machine.quietMs, now());
    tell(
      { type: 'conversation.updated', data: { conversationId: sync.id, status: 'settling' } },
      { talk: { seconds: sync.seconds, quietMs } },
    );
    simulation.after(quietMs + noisy(costs.claimMs, 0.5), () =>
      language.enter((leave) => {
        simulation.after(understand(sync), () => {
          understanding.delete(sync.id);
          tell({ type: 'conversation.ready', data: { conversationId: sync.id, status: 'ready' } }, {});
          leave();
        });
      }),
    );
  };
  const begin = (file: File) => {
    file.stage = 'transcribing';
    file.sinceMs = now();
    tell({ type: 'recording.stage', data: data(file, 'transcribing') }, { recording: recordingNow(file) });
    const listenMs = costs.listenMsPerFile + costs.listenMsPerSecond * file.seconds;
    cores.hold(noisy(listenMs, 0.15), () => {
      // Pieces of 20 s of speech and more, all asked at once.
      const speech = file.seconds * costs.speechShare;
      const pieces = Math.max(1, Math.round(speech / 60));
      let left = pieces;
      for (let piece = 0; piece < pieces; piece++) {
        const ms =
          noisy(costs.callMs + (costs.callMsPerSpeechSecond * speech) / pieces, costs.callNoise) * times();
        calls.hold(ms, () => {
          noteCall('transcribe', ms);
          if (--left === 0) place(file);
        });
      }
    });
  };
  const place = (file: File) => {
    file.stage = 'placing';
    file.sinceMs = now();
    tell({ type: 'recording.stage', data: data(file, 'placing') }, { recording: recordingNow(file) });
    simulation.after(noisy(costs.placeMs, 0.4), () => {
      running[file.lane].delete(file);
      tell({ type: 'recording.completed', data: data(file, 'done') }, {});
      take(file.lane);
      if (--file.sync.left === 0) settle(file.sync);
    });
  };
  const take = (lane: Lane) => {
    while (running[lane].size < machine.places) {
      const file = lines[lane].shift();
      if (!file) return;
      running[lane].add(file);
      // It is claimed a moment later.
      file.sinceMs = now();
      simulation.after(noisy(costs.claimMs, 0.5), () => begin(file));
    }
  };
  const send = (person: number, files: number, ageMs: number, beforeMs: number | null) => {
    const lane = laneOf(now() - ageMs, now());
    const lengths = Array.from(
      { length: files },
      () => day.fileSeconds[Math.floor(next() * day.fileSeconds.length)] ?? 60,
    );
    const key = `${person} ${lane}`;
    const turn = assignDueTimes(
      clocks.get(key) ?? 0,
      now(),
      lengths.map((seconds) => seconds * 1_000),
    );
    clocks.set(key, turn.servedMs);
    // A conversation is of a part of the files: some of half an hour, others of ten minutes.
    const talks: Sync[] = [];
    const accepted = lengths.map((seconds, index) => {
      let sync = talks.at(-1);
      if (!sync || next() < 0.08) {
        sync = { id: `cnv_${person}_${now()}_${index}`, left: 0, seconds: 0, acceptedAtMs: now(), beforeMs };
        talks.push(sync);
      }
      sync.left += 1;
      sync.seconds += seconds;
      const file: File = {
        id: `rec_${person}_${now()}_${index}`,
        person,
        sync,
        lane,
        dueAtMs: turn.dueAtMs[index] ?? now(),
        seconds,
        acceptedAtMs: now(),
        stage: 'waiting',
        sinceMs: now(),
      };
      return file;
    });
    lines[lane] = [...lines[lane], ...accepted].sort((a, b) => a.dueAtMs - b.dueAtMs);
    kept = undefined;
    for (const file of accepted)
      tell({ type: 'recording.accepted', data: data(file, 'queued') }, { recording: recordingNow(file) });
    take(lane);
  };

  const sum = HOURS.reduce((all, share) => all + share, 0);
  for (let sync = 0; sync < day.people * day.syncsPerPerson; sync++) {
    const at = next() * sum;
    let passed = 0;
    const hour = HOURS.findIndex((share) => {
      passed += share;
      return passed > at;
    });
    const atMs = ((hour + next()) / 24) * day.hours * HOUR_MS;
    const person = sync % day.people;
    const files = Math.max(1, Math.round(day.filesPerSync * (0.2 + 1.6 * next())));
    simulation.at(atMs, () => send(person, files, 0, null));
  }
  for (const [index, { atHour, files }] of day.backlogs.entries())
    simulation.at(atHour * HOUR_MS, () => send(day.people + index, files, 24 * HOUR_MS, null));
  simulation.run();
  return judged;
}

const STAGES: readonly Stage[] = ['queued', 'transcribing', 'placing', 'settling', 'understanding', 'words'];

/** As `readWaiting` reads them. */
function pointsOf(line: readonly File[]): LinePoint[] {
  const step = Math.ceil(line.length / POINTS);
  const points: LinePoint[] = [];
  let secondsBefore = 0;
  for (const [before, { dueAtMs, seconds }] of line.entries()) {
    if (before < POINTS || before === line.length - 1 || before % step === 0)
      points.push({ dueAtMs, before, secondsBefore, seconds });
    secondsBefore += seconds;
  }
  return points;
}
