/**
 * Processes are killed at random for as long as recordings come in, and each kill is aimed at the stage that was hit
 * least so far. What it has really hit is read from the rows afterwards: a dead process cannot change them any more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiKiller } from '../api-kills.ts';
import type { Member } from '../fleet.ts';
import { eventually, seconds } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import type { Recording } from '../recordings.ts';
import type { Findings, Ground, Row, Scenario } from '../scenario.ts';
import { sizeOf } from '../scenario.ts';
import {
  answersAskedAgain,
  CutOffCalls,
  executorOf,
  repeatedCalls,
  type Stage,
  type Standing,
  standings,
  WORK_STAGES,
} from '../stages.ts';
import { inWorld, verdictRow, type World } from '../world.ts';

const DRAIN_LIMIT_MS = 300_000;
/** How long a kill waits for the moment it is meant for, before it takes what comes. */
const AIM_LIMIT_MS = 1_500;

export const kills: Scenario = {
  name: 'kills',
  promises: 'whatever is killed at whatever moment, each recording is heard once and nothing is lost',
  async run(ground) {
    return await inWorld(
      ground,
      {
        apis: 2,
        workers: 3,
        behaviour: { latency: { kind: 'lognormal', medianMs: 400, sigma: 0.5 } },
        settings: { AFTERWORD_TRANSCRIBER_CALLS: '4' },
      },
      torture,
    );
  },
};

async function torture(ground: Ground, world: World): Promise<Findings> {
  const findings: Findings = { table: [], broken: [], notes: [] };
  const recordings = scatter(world, {
    people: 20,
    recordings: sizeOf(ground, { full: 520, short: 62 }),
    percent: { silent: 5, corrupt: 3, garbage: 1, poison: 0.4 },
  });
  await world.learn(recordings);
  ground.say(
    `${recordings.length} recordings are expected to give ${world.expected.flatMap((e) => e.pieces).length} pieces`,
  );
  const killing = new Killing(
    world,
    bundled(recordings, world.random, 3),
    sizeOf(ground, { full: 210, short: 30 }),
  );
  await killing.run();
  ground.say(`${killing.count} kills, ${killing.cutOff.count} calls cut off by them; draining`);
  const acknowledged = await killing.sending;
  const drainedMs = await world.drain(DRAIN_LIMIT_MS);
  const verdict = await world.judge(findings);
  const repeated = repeatedCalls(world);
  const again = await answersAskedAgain(world);
  if (repeated > killing.cutOff.count)
    findings.broken.push(`${repeated} calls were repeated, and only ${killing.cutOff.count} were cut off`);
  if (again > 0) findings.broken.push(`${again} stored answers were asked for again`);
  for (const missed of killing.missed()) findings.notes.push(`no kill met the stage "${missed}"`);
  findings.particulars = killing.table();
  findings.table.push({
    kills: killing.count,
    recordings: recordings.length,
    uploads: acknowledged,
    ...verdictRow(verdict),
    'calls cut off': killing.cutOff.count,
    'calls repeated': repeated,
    'answers asked again': again,
    drained: drainedMs === null ? 'no' : seconds(drainedMs),
  });
  findings.notes.push(`the phones heard: ${world.phone.said()}`);
  return findings;
}

/** Stages that a kill of a worker has to meet; those of microseconds are met when they are met. */
const REQUIRED = [
  'queued',
  'listening',
  'call in flight',
  'answered, not checkpointed',
  'heard, not placed',
  'placed, not understood',
  'understanding',
] as const satisfies readonly Stage[];

class Killing {
  readonly cutOff = new CutOffCalls();
  readonly #world: World;
  readonly #uploads: Recording[][];
  readonly #target: number;
  readonly #hits = new Map<string, number>();
  readonly #uploading: Promise<unknown>[] = [];
  readonly #apis: ApiKiller;
  #killed = { api: 0, worker: 0, database: 0 };
  #fed = 0;

  constructor(world: World, uploads: Recording[][], target: number) {
    this.#world = world;
    this.#uploads = uploads;
    this.#target = target;
    this.#apis = new ApiKiller(world, (what) => this.#hit('api', what));
  }

  get count(): number {
    return this.#killed.api + this.#killed.worker + this.#killed.database;
  }

  /** Resolves when all uploads are acknowledged, with how many there were. */
  get sending(): Promise<number> {
    return Promise.all(this.#uploading).then(() => this.#uploading.length);
  }

  async run(): Promise<void> {
    // Beyond the target for as long as a stage was not met, within reason.
    for (
      let round = 0;
      round < this.#target || (this.missed().length > 0 && round < this.#target * 1.3);
      round++
    ) {
      this.#feed(round);
      await eventually(
        () => this.#world.fleet.workers.filter((worker) => worker.isReady).length >= 2,
        20_000,
      );
      const lot = this.#world.random();
      if (lot < 0.17) await this.#killApi();
      else if (lot < 0.3) await this.#killDatabase();
      else await this.#killWorker();
      await delay(this.#world.random() * 300);
    }
    while (this.#fed < this.#uploads.length) this.#sendNext();
  }

  missed(): string[] {
    const met = (kind: string, ...stages: string[]) =>
      stages.some((stage) => this.#hits.has(`${kind}/${stage}`));
    return [
      ...REQUIRED.filter((stage) => !met('worker', stage)),
      ...(met('api', 'half received') ? [] : ['half received']),
      ...(met('api', 'stored, not committed', 'committed, not answered') ? [] : ['stored, not answered']),
    ];
  }

  table(): Row[] {
    const stages = [
      ...new Set([...WORK_STAGES, ...[...this.#hits.keys()].map((hit) => hit.split('/')[1] ?? '')]),
    ];
    const rows = stages.map((stage) => ({
      'work it met': stage,
      worker: this.#hits.get(`worker/${stage}`) ?? 0,
      api: this.#hits.get(`api/${stage}`) ?? 0,
      database: this.#hits.get(`database/${stage}`) ?? 0,
    }));
    return [...rows, { 'work it met': 'KILLS', ...this.#killed }];
  }

  /** Evenly over the kills, so that each finds work. */
  #feed(round: number): void {
    const due = Math.ceil(((round + 1) / this.#target) * this.#uploads.length);
    while (this.#fed < Math.min(due, this.#uploads.length)) this.#sendNext();
  }

  #sendNext(): void {
    const files = this.#uploads[this.#fed++];
    if (files) this.#uploading.push(this.#world.phone.send(files));
  }

  async #killWorker(): Promise<void> {
    const { fleet, random } = this.#world;
    const wanted = this.#leastHit();
    const seen = await eventually(async () => await this.#moment(wanted), AIM_LIMIT_MS, 2);
    const ready = fleet.workers.filter((worker) => worker.isReady);
    const victim = seen ?? ready[Math.floor(random() * ready.length)];
    if (!victim) return;
    victim.killNow();
    this.#killed.worker++;
    await this.#autopsy(victim, wanted);
    await victim.kill();
    victim.start();
  }

  #leastHit(): Stage {
    const times = (stage: Stage) => this.#hits.get(`worker/${stage}`) ?? 0;
    return REQUIRED.reduce((least, stage) => (times(stage) < times(least) ? stage : least));
  }

  /** @returns the worker to be killed right now; work that only waits is everybody's */
  async #moment(wanted: Stage): Promise<Member | null> {
    const { fleet, random } = this.#world;
    const ready = fleet.workers.filter((worker) => worker.isReady);
    for (const { stage, pid } of await standings(this.#world)) {
      if (stage !== wanted) continue;
      if (stage === 'queued' || stage === 'placed, not understood')
        return ready[Math.floor(random() * ready.length)] ?? null;
      const worker = pid === null ? undefined : fleet.byPid(pid);
      if (worker?.isReady) return worker;
    }
    return null;
  }

  /** Its last transaction may still be committed by the database, which has all of it. */
  async #autopsy(victim: Member, wanted: Stage): Promise<void> {
    await delay(15);
    const executorId = await executorOf(this.#world, victim.pid);
    if (!executorId) return;
    await this.cutOff.ofExecutor(this.#world, executorId);
    const left = await standings(this.#world);
    const its = left.filter((standing) => standing.executorId === executorId && standing.pid !== null);
    for (const { stage } of its) this.#hit('worker', stage);
    const waiting = wanted === 'queued' || wanted === 'placed, not understood';
    if (waiting && left.some(({ stage }) => stage === wanted)) this.#hit('worker', wanted);
  }

  async #killApi(): Promise<void> {
    const files = this.#uploads[this.#fed++];
    if (!files) {
      this.#fed--;
      return await this.#killWorker();
    }
    this.#killed.api++;
    await this.#apis.kill(files, this.#killed.api % 2 === 0 ? 'half received' : 'stored, not answered');
    this.#uploading.push(this.#world.phone.send(files));
  }

  async #killDatabase(): Promise<void> {
    const { cluster } = this.#world;
    const met: Standing[] = await standings(this.#world).catch(() => []);
    const atMs = Date.now();
    this.#killed.database++;
    await (this.#world.random() < 0.5 ? cluster.kill() : cluster.killBackend());
    const killedAtMs = Date.now();
    await delay(50);
    await cluster.isBack();
    await this.cutOff.ofEverybody(this.#world, atMs, killedAtMs + 200);
    for (const stage of new Set(met.map(({ stage }) => stage))) this.#hit('database', stage);
    // Its reapers trust each other again only after two lease times: nobody is to be taken for dead before.
    await eventually(() => false, 200);
  }

  #hit(kind: string, stage: string): void {
    this.#hits.set(`${kind}/${stage}`, (this.#hits.get(`${kind}/${stage}`) ?? 0) + 1);
  }
}
