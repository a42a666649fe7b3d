/** Two people send ten times what the server can take, and a third one sends now and then: the bounds keep them apart. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FloodOrder, FloodReport } from '../flood.ts';
import { quantile, seconds } from '../pace.ts';
import { type Findings, type Ground, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { type SmallFile, StoredContents, smallFile } from '../senders.ts';
import { openWorld, type World } from '../world.ts';

const FLOOD = fileURLToPath(new URL('../flood.ts', import.meta.url));
/** As an operator sets it for five people: each may ask for a fifth of what the machine can do. */
const SHARE_OF_ONE = 1 / 5;
/** Half of that is what somebody sends who lives with their recorder and does not meet their bound. */
const SHARE_OF_QUIET = SHARE_OF_ONE / 2;
const TIMES_CAPACITY = 10;
const LOUD = ['loud-1', 'loud-2'];
const QUIET_AT_MOST_EVERY_MS = 125;
const MOST_TIMES_IDLE = 2;
const RECOVERED_WITHIN_MS = 30_000;
/** The quiet person's uploads in a row that are as fast as before. */
const RECOVERED_UPLOADS = 20;
const CALIBRATING_PEOPLE = 100;

export const overload: Scenario = {
  name: 'overload',
  promises:
    'while two people send ten times what fits, a quiet one waits at most twice as long as alone, and no promise is lost',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const capacity = await capacityOf(ground);
    ground.say(`${Math.round(capacity)} uploads in a second fit`);
    const folder = `${ground.folder}/audio`;
    const perMinute = String(Math.max(6, Math.round(capacity * SHARE_OF_ONE * 60)));
    const world = await openWorld(ground, {
      apis: 1,
      workers: 0,
      behaviour: {},
      settings: { AFTERWORD_BLOBS: folder, AFTERWORD_PERSON_REQUESTS_PER_MINUTE: perMinute },
    });
    try {
      const [api] = world.fleet.apis;
      if (!api) throw new Error('no api runs');
      const everyMs = Math.max(QUIET_AT_MOST_EVERY_MS, 1000 / (capacity * SHARE_OF_QUIET));
      const quiet = new QuietPerson(api.url, everyMs);
      await quiet.sendFor(3_000);
      const idle = await quiet.sendFor(sizeOf(ground, { full: 60_000, short: 15_000 }));
      const perSecond = (capacity * TIMES_CAPACITY) / LOUD.length;
      const forMs = sizeOf(ground, { full: 300_000, short: 30_000 });
      const floods = LOUD.map((person) => flood({ url: api.url, person, perSecond, forMs }));
      const under = await quiet.sendFor(forMs);
      const [load = 0] = loadavg();
      const reports = await Promise.all(floods);
      const idleP99 = quantile(idle, 0.99);
      const recovered = await recovery(quiet, idleP99, api.url);
      findings.notes.push(
        `the times are of a machine with ${availableParallelism()} cores and a load of ${load.toFixed(1)}`,
      );
      findings.particulars = reports.map((report, at) => ({ person: LOUD[at] ?? '', ...rowOf(report) }));
      const underP99 = quantile(under, 0.99);
      const accepted = [...quiet.accepted, ...reports.flatMap((report) => report.accepted)];
      const lost = await lostOf(world, folder, accepted);
      findings.table.push({
        'capacity (1/s)': Math.round(capacity),
        'quiet alone p50 (ms)': Math.round(quantile(idle, 0.5)),
        'quiet alone p99 (ms)': Math.round(idleP99),
        'quiet beside p50 (ms)': Math.round(quantile(under, 0.5)),
        'quiet beside p99 (ms)': Math.round(underP99),
        uploads: under.length,
        accepted: accepted.length,
        lost,
        'recovered after (s)': recovered === null ? 'never' : Number((recovered / 1000).toFixed(1)),
      });
      const broken = (is: boolean, what: string) => is && findings.broken.push(what);
      broken(
        underP99 > MOST_TIMES_IDLE * idleP99,
        `the quiet person's p99 was ${(underP99 / idleP99).toFixed(1)} times that of before`,
      );
      broken(quiet.refused > 0, `${quiet.refused} uploads of the quiet person were refused`);
      broken(lost > 0, `${lost} accepted uploads are lost`);
      const unexplained = reports.reduce((sum, report) => sum + report.unexplained, 0);
      broken(unexplained > 0, `${unexplained} refusals had no reason or no time`);
      broken(
        reports.every(({ answers }) => Object.keys(answers).every((answer) => answer === '202')),
        'nobody was refused: it was no overload',
      );
      broken(recovered === null, `it had not recovered ${seconds(RECOVERED_WITHIN_MS)} after the overload`);
      findings.broken.push(...world.fleet.brokenEnds());
    } finally {
      await world.close();
    }
    return findings;
  },
};

class QuietPerson {
  readonly accepted: string[] = [];
  refused = 0;
  readonly everyMs: number;
  readonly #url: string;
  #number = 0;

  constructor(url: string, everyMs: number) {
    this.#url = url;
    this.everyMs = everyMs;
  }

  /** @returns how long each of its uploads took */
  async sendFor(ms: number): Promise<number[]> {
    const took: number[] = [];
    const since = performance.now();
    for (let turn = 1; performance.now() - since < ms; turn++) {
      took.push(await this.send());
      await delay(Math.max(0, since + turn * this.everyMs - performance.now()));
    }
    return took;
  }

  async send(): Promise<number> {
    const file = smallFile(this.#number++);
    const startedAt = performance.now();
    const status = await post(this.#url, 'quiet', file);
    if (status === 202) this.accepted.push(file.sha256);
    else this.refused++;
    return performance.now() - startedAt;
  }
}

async function post(url: string, person: string, { name, bytes }: SmallFile): Promise<number> {
  const response = await fetch(`${url}/api/v1/recordings?name=${name}`, {
    method: 'POST',
    headers: { 'x-afterword-user': person, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  }).catch(() => null);
  await response?.arrayBuffer();
  return response?.status ?? 0;
}

/** What an installation of the same kind takes in of many people, who keep more under way than it makes use of. */
async function capacityOf(ground: Ground): Promise<number> {
  const folder = `${ground.folder}/capacity`;
  const world = await openWorld({ ...ground, folder }, { apis: 1, workers: 0, behaviour: {} });
  try {
    const [api] = world.fleet.apis;
    if (!api) throw new Error('no api runs');
    await acceptedPerSecond(api.url, 3_000);
    return await acceptedPerSecond(api.url, sizeOf(ground, { full: 15_000, short: 5_000 }));
  } finally {
    await world.close();
  }
}

async function acceptedPerSecond(url: string, forMs: number): Promise<number> {
  const since = performance.now();
  let accepted = 0;
  let number = 0;
  const sender = async () => {
    while (performance.now() - since < forMs) {
      const person = `someone-${number % CALIBRATING_PEOPLE}`;
      if ((await post(url, person, smallFile(number++))) === 202) accepted++;
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
  return (accepted * 1000) / (performance.now() - since);
}

async function flood(order: FloodOrder): Promise<FloodReport> {
  const child: ChildProcess = fork(FLOOD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  // Its exit may be told before its last message; the channel closes after that.
  const ended = once(child, 'disconnect').then(() => {
    throw new Error(`the sender of ${order.person} ended without a report`);
  });
  const [report] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return report as FloodReport;
}

/** @returns after how long the quiet person was as fast as before and a busy one was let in again; null: never */
async function recovery(quiet: QuietPerson, idleP99: number, url: string): Promise<number | null> {
  const since = performance.now();
  const recent: number[] = [];
  while (performance.now() - since < RECOVERED_WITHIN_MS) {
    recent.push(await quiet.send());
    const isFast = quantile(recent.slice(-RECOVERED_UPLOADS), 0.9) <= MOST_TIMES_IDLE * idleP99;
    if (recent.length >= RECOVERED_UPLOADS && isFast) {
      const answers = await Promise.all(LOUD.map((person, at) => post(url, person, smallFile(90_000 + at))));
      if (answers.every((status) => status === 202)) return performance.now() - since;
    }
    await delay(quiet.everyMs);
  }
  return null;
}

/** Each has to have its row, its audio and its work in the queue. */
async function lostOf(world: World, folder: string, accepted: readonly string[]): Promise<number> {
  const rows = await world.ask<{ sha256: string }>(
    `SELECT r.sha256 FROM recordings r
      WHERE r.finished_at_ms IS NULL
        AND EXISTS (SELECT 1 FROM dbos.workflow_status w
                     WHERE w.workflow_uuid = 'ingest:' || r.id || ':' || r.attempt
                       AND w.status IN ('ENQUEUED', 'DELAYED', 'PENDING'))`,
  );
  const queued = new Set(rows.map(({ sha256 }) => sha256));
  const stored = new Set(await new StoredContents(folder, world).hashes());
  return accepted.filter((sha256) => !queued.has(sha256) || !stored.has(sha256)).length;
}

function rowOf({ accepted, unsent, unexplained, answers }: FloodReport): Row {
  return { accepted: accepted.length, unsent, unexplained, ...answers };
}
