/**
 * One run from an upload to its understood conversation, over and over, and each time something else ends it: a kill at
 * one of our own calls that make bytes or names lasting, at one of our commits (before PostgreSQL has it, and after), or
 * a kill, an EIO or an ENOSPC under PostgreSQL's own log, in every fifth commit.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from '../../tests/engine/fixtures/scene.ts';
import { shuffled } from '../../tests/pipeline/chance.ts';
import type { Member, Role } from '../fleet.ts';
import { quantile, seconds } from '../pace.ts';
import type { Recording } from '../recordings.ts';
import type { Findings, Ground, Row, Scenario } from '../scenario.ts';
import { answersAskedAgain } from '../stages.ts';
import { type Fault, Strace, straceFault, treeOf } from '../strace.ts';
import { type Commit, Wire } from '../wire.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const ROLES = ['api', 'worker'] as const;
const FAULTS: readonly Fault[] = ['SIGKILL', 'EIO', 'ENOSPC'];
const EVERY_NTH_OF_THE_LOG = 5;
const SHORT_POINTS = 8;
const DRAIN_LIMIT_MS = 90_000;

interface Point {
  kind: string;
  what: string;
  /** Sets it up for the run that comes next. */
  arm(): Promise<Armed>;
}

interface Armed {
  hasStruck(): Promise<boolean>;
  disarm(): Promise<void>;
}

interface Place {
  world: World;
  wires: Record<Role, Wire>;
  folder: string;
}

export const syscalls: Scenario = {
  name: 'syscalls',
  promises:
    'whichever fsync, rename or commit is the last that a process does, or fails, nothing is lost or twice',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const fault = await straceFault();
    if (fault) findings.notes.push(`only commits were looked at, for ${fault}`);
    const opened: Wire[] = [];
    const world = await openWorld(ground, {
      apis: 1,
      workers: 1,
      behaviour: { latency: { kind: 'fixed', ms: 30 } },
      ofRole: async (databaseUrl) => {
        const wires = await Promise.all(ROLES.map(() => Wire.open(databaseUrl)));
        opened.push(...wires);
        // With one thread for its files a process makes their calls one after the other, and the nth is always the same.
        const [api, worker] = wires.map(({ url }) => ({ DATABASE_URL: url, UV_THREADPOOL_SIZE: '1' }));
        return { api: api ?? {}, worker: worker ?? {} };
      },
    });
    try {
      const [api, worker] = opened as [Wire, Wire];
      const folder = join(ground.folder, 'strace');
      await mkdir(folder);
      const place: Place = { world, wires: { api, worker }, folder };
      const points = chosen(ground, await survey(place, fault === null));
      const uploads = points.map((_, at) => uploadOf(world, `person-${at}`));
      await world.learn(uploads.flat());
      const runs: Run[] = [];
      for (const [at, point] of points.entries()) {
        const run = await runTo(place, point, uploads[at] ?? []);
        runs.push(run);
        if (run.ms === null) findings.broken.push(`not done ${seconds(DRAIN_LIMIT_MS)} after ${point.what}`);
        if (at % 10 === 9) ground.say(`${at + 1} of ${points.length} points`);
      }
      const verdict = await world.judge(findings);
      const again = await answersAskedAgain(world);
      if (again > 0) findings.broken.push(`${again} stored answers were asked for again`);
      findings.particulars = runs.map(particular);
      findings.table.push(
        ...[...Map.groupBy(runs, ({ point }) => point.kind)].map(([kind, of]) => summary(kind, of)),
      );
      findings.table.push({ at: 'all', ...summaryCounts(runs), ...verdictRow(verdict) });
      findings.notes.push(`the phone heard: ${world.phone.said()}`);
      return findings;
    } finally {
      await world.close();
      await Promise.all(opened.map((wire) => wire.close()));
    }
  },
};

/** Runs once to warm up and once to see what is called, and makes a point of each. */
async function survey(place: Place, hasStrace: boolean): Promise<Point[]> {
  const { world, wires, folder } = place;
  const rehearsals = [uploadOf(world, 'warm-up'), uploadOf(world, 'survey')];
  await world.learn(rehearsals.flat());
  await upload(world, rehearsals[0] ?? []);
  const traces = new Map<Role, Strace>();
  if (hasStrace) {
    for (const role of ROLES)
      traces.set(
        role,
        await Strace.attach(treeOf(memberOf(world, role).pid), join(folder, `${role}-survey`)),
      );
  }
  for (const role of ROLES) wires[role].set(null);
  await upload(world, rehearsals[1] ?? []);
  const points: Point[] = [];
  for (const role of ROLES) {
    await traces.get(role)?.detach();
    const seen = new Map<string, number>();
    for (const call of (await traces.get(role)?.calls()) ?? []) {
      const nth = (seen.get(call) ?? 0) + 1;
      seen.set(call, nth);
      points.push(...FAULTS.map((fault) => ownCall(place, role, call, nth, fault)));
    }
  }
  const commits = ROLES.flatMap((role) =>
    wires[role].commits.map((commit, at) => ({ role, commit, nth: at + 1 })),
  );
  for (const { role, commit, nth } of commits)
    points.push(ownCommit(place, role, commit, nth, 'before'), ownCommit(place, role, commit, nth, 'after'));
  const ofTheLog = commits.filter((_, at) => hasStrace && at % EVERY_NTH_OF_THE_LOG === 0);
  for (const { role, commit, nth } of ofTheLog)
    points.push(...FAULTS.map((fault) => logOfPostgres(place, role, commit, nth, fault)));
  return points;
}

/** In a short run two of each kind, others with every seed. */
function chosen({ short, seed }: Ground, points: readonly Point[]): Point[] {
  if (!short) return [...points];
  const kinds = [...Map.groupBy(points, ({ kind }) => kind).values()];
  const each = Math.ceil(SHORT_POINTS / kinds.length);
  return kinds.flatMap((of) => shuffled(of, seed).slice(0, each)).slice(0, SHORT_POINTS);
}

function ownCall({ world, folder }: Place, role: Role, call: string, nth: number, fault: Fault): Point {
  return {
    kind: `calls of the ${role}`,
    what: `${fault} at ${call} ${nth} of the ${role}`,
    async arm() {
      const member = memberOf(world, role);
      const output = join(folder, `${role}-${call}-${nth}-${fault}`);
      const trace = await Strace.attach(treeOf(member.pid), output, { call, nth, fault });
      if (fault === 'SIGKILL') member.expectEnd();
      return { hasStruck: () => trace.hasStruck(), disarm: () => trace.detach() };
    },
  };
}

function ownCommit(
  { world, wires }: Place,
  role: Role,
  commit: Commit,
  nth: number,
  at: 'before' | 'after',
): Point {
  return {
    kind: `commits of the ${role}`,
    what: `SIGKILL ${at} commit ${nth} of the ${role} (${commit.wrote})`,
    async arm() {
      let hasStruck = false;
      const act = async () => {
        hasStruck = true;
        killAll(memberOf(world, role));
        return false;
      };
      wires[role].set({ nth, at, act });
      return { hasStruck: async () => hasStruck, disarm: async () => wires[role].set(null) };
    },
  };
}

/** The log is written and made lasting by whoever commits. A full disk is met by the write, a broken one by the sync. */
function logOfPostgres(
  { wires, folder }: Place,
  role: Role,
  commit: Commit,
  nth: number,
  fault: Fault,
): Point {
  const call = fault === 'ENOSPC' ? 'pwrite64' : 'fdatasync';
  return {
    kind: 'PostgreSQL’s log',
    what: `${fault} at the log’s ${call}, commit ${nth} of the ${role} (${commit.wrote})`,
    async arm() {
      const traces: Strace[] = [];
      const act = async ({ backend }: Commit) => {
        const output = join(folder, `log-${role}-${nth}-${fault}`);
        traces.push(await Strace.attach([backend], output, { call, nth: 1, fault }));
        return true;
      };
      wires[role].set({ nth, at: 'before', act });
      return {
        hasStruck: async () => (await traces[0]?.hasStruck()) ?? false,
        async disarm() {
          wires[role].set(null);
          await traces[0]?.detach();
        },
      };
    },
  };
}

interface Run {
  point: Point;
  struck: boolean;
  /** From the phone's first try to a conversation that is understood; null when it did not come to that. */
  ms: number | null;
}

async function runTo({ world }: Place, point: Point, files: Recording[]): Promise<Run> {
  const armed = await point.arm();
  const since = performance.now();
  const isDone = await upload(world, files);
  const ms = performance.now() - since;
  const struck = await armed.hasStruck();
  await armed.disarm();
  await world.cluster.isBack();
  await world.fleet.ready();
  return { point, struck, ms: isDone ? ms : null };
}

async function upload(world: World, files: Recording[]): Promise<boolean> {
  await world.phone.send(files, AbortSignal.timeout(DRAIN_LIMIT_MS));
  return (await world.drain(DRAIN_LIMIT_MS)) !== null;
}

/** Two files of one conversation. */
function uploadOf({ voices, random }: World, userId: string): Recording[] {
  const startedAtMs = Date.now() - 3_600_000 - Math.floor(random() * 1_800_000);
  return [0, 30_000].map((afterMs) => voices.record(userId, startedAtMs + afterMs, 'speech', 4));
}

function memberOf({ fleet }: World, role: Role): Member {
  const [member] = role === 'api' ? fleet.apis : fleet.workers;
  if (!member) throw new Error(`there is no ${role}`);
  return member;
}

function killAll(member: Member): void {
  member.expectEnd();
  for (const pid of treeOf(member.pid)) kill(pid);
}

function particular({ point, struck, ms }: Run): Row {
  return { point: point.what, struck: struck ? 'yes' : 'no', done: ms === null ? 'no' : seconds(ms) };
}

function summary(at: string, runs: readonly Run[]): Row {
  return { at, ...summaryCounts(runs) };
}

function summaryCounts(runs: readonly Run[]): Row {
  const times = runs.flatMap(({ ms }) => ms ?? []);
  return {
    points: runs.length,
    struck: runs.filter(({ struck }) => struck).length,
    'done p50': seconds(quantile(times, 0.5)),
    max: seconds(Math.max(...times)),
  };
}
