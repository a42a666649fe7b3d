/** Forty hours of one person's recordings, and one fresh recording of somebody else's that must not wait for them. */
import { readFile } from 'node:fs/promises';
import { shuffled } from '../../tests/pipeline/chance.ts';
import type { Member } from '../fleet.ts';
import { mean, median, seconds } from '../pace.ts';
import { bundled } from '../people.ts';
import type { Kind, Recording } from '../recordings.ts';
import { type Findings, type Scenario, sizeOf } from '../scenario.ts';
import { freshOnes, timeToReady } from '../somebody-waits.ts';
import { repeatedCalls } from '../stages.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const HOUR_MS = 3_600_000;
const AT_MOST = 2;
const FLAT = 1.2;
const SAMPLE_EVERY_MS = 500;

export const backlog: Scenario = {
  name: 'backlog',
  promises: `beside a backlog of 40 hours a fresh recording takes at most ${AT_MOST} times as long, and memory stays flat`,
  async run(ground) {
    const world = await openWorld(ground, {
      apis: 1,
      workers: 1,
      behaviour: { latency: { kind: 'fixed', ms: 400 } },
      settings: { AFTERWORD_QUIET_MS: '800' },
    });
    const memory = new Memory(world.fleet.members);
    try {
      const findings: Findings = { table: [], broken: [], notes: [] };
      const old = fortyHours(world, sizeOf(ground, { full: 2_400, short: 150 }));
      const besideIt = sizeOf(ground, { full: 5, short: 3 });
      await world.learn(old);
      const fresh = await freshOnes(world, 4 + besideIt, 6);
      const poisoned = world.expected.filter(({ outcome }) => outcome === 'failed').length;
      if (poisoned !== 1) throw new Error(`the poison has no speech in it (${poisoned})`);

      // The first one loads the models, here and there.
      await timeToReady(world, fresh.slice(0, 1));
      const idle = await timeToReady(world, fresh.slice(1, 4));
      ground.say(`on the idle server a fresh recording is ready after ${idle.map(seconds).join(', ')}`);

      const since = performance.now();
      await Promise.all(bundled(old, world.random, 20).map((files) => world.phone.send(files)));
      ground.say(`the backlog of ${old.length} is accepted after ${seconds(performance.now() - since)}`);
      const busy = await timeToReady(world, fresh.slice(4));
      const left = await world.ask(`SELECT 1 FROM recordings WHERE finished_at_ms IS NULL`);
      if (left.length === 0)
        findings.broken.push('the backlog was over before the fresh ones were: this proves nothing');
      ground.say(`beside the backlog (${left.length} left) after ${busy.map(seconds).join(', ')}`);
      // From here on: by now each part has been at work, and has the memory that work takes.
      memory.watch();
      const drainedMs = await world.drain(1_800_000);
      const tookMs = performance.now() - since;
      memory.stop();

      const verdict = await world.judge(findings);
      findings.broken.push(...(await poisonEndsAlone(world)));
      const ratio = median(busy) / median(idle);
      if (ratio > AT_MOST) findings.broken.push(`a fresh recording took ${ratio.toFixed(2)} times as long`);
      const grown = memory.judge();
      for (const line of memory.course()) ground.say(line);
      // A short run is over before every part of a worker has been in use once.
      for (const [name, { first, last }] of grown)
        if (!ground.short && last > FLAT * first)
          findings.broken.push(`${name} grew from ${first} MB to ${last} MB`);
      const repeated = repeatedCalls(world);
      if (repeated > 0) findings.broken.push(`${repeated} calls were repeated`);
      findings.table.push({
        recordings: old.length,
        'fresh, idle': seconds(median(idle)),
        'fresh, beside it': seconds(median(busy)),
        ratio: ratio.toFixed(2),
        'recordings/s': drainedMs === null ? 'not drained' : (old.length / (tookMs / 1000)).toFixed(1),
        ...Object.fromEntries(
          [...grown].map(([name, { first, last }]) => [`${name} MB`, `${first} > ${last}`]),
        ),
        ...verdictRow(verdict),
      });
      return findings;
    } finally {
      memory.stop();
      await world.close();
    }
  },
};

/** In talks of up to an hour, with hours between them, and none of it in order. */
function fortyHours({ voices, random, ground }: World, count: number): Recording[] {
  const kinds: Kind[] = ['poison', ...Array<Kind>(Math.ceil(count * 0.05)).fill('silent')];
  kinds.push(...Array<Kind>(Math.ceil(count * 0.01)).fill('corrupt'));
  while (kinds.length < count) kinds.push('speech');
  const begin = Date.now() - 40 * HOUR_MS - 8 * HOUR_MS;
  const each = (40 * HOUR_MS) / count;
  let at = begin;
  const recordings = shuffled(kinds, ground.seed).map((kind, index) => {
    const recording = voices.record('backlog', at, kind, 5);
    // Catches up with the clock after each talk.
    at =
      index % 60 === 59 ? begin + (index + 1) * each : at + Math.min(each * 0.9, 20_000 + random() * 40_000);
    return recording;
  });
  return shuffled(recordings, ground.seed + 3);
}

async function poisonEndsAlone({ fleet }: World): Promise<string[]> {
  const response = await fetch(`${fleet.apis[0]?.url}/api/v1/recordings?outcome=failed`, {
    headers: { 'x-afterword-user': 'backlog' },
  });
  const { recordings } = (await response.json()) as { recordings: { code: string; remedy: string | null }[] };
  if (recordings.length !== 1) return [`${recordings.length} recordings failed, and one was to`];
  return recordings[0]?.remedy ? [] : ['the one that failed does not say what to do'];
}

/** Resident memory of each process over time. */
class Memory {
  readonly #members: readonly Member[];
  readonly #samples = new Map<string, number[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  watch(): void {
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A dozen values of each, evenly over the time. */
  course(): string[] {
    return [...this.#samples].map(([name, samples]) => {
      const every = Math.max(1, Math.floor(samples.length / 12));
      const shown = samples.filter((_, index) => index % every === 0).map(Math.round);
      return `${name}, MB over time: ${shown.join(' ')}`;
    });
  }

  /** The first and the last third of the time, in MB. */
  judge(): Map<string, { first: number; last: number }> {
    return new Map(
      [...this.#samples].map(([name, samples]) => {
        const third = Math.max(1, Math.floor(samples.length / 3));
        return [
          name,
          { first: Math.round(mean(samples.slice(0, third))), last: Math.round(mean(samples.slice(-third))) },
        ];
      }),
    );
  }

  async #sample(): Promise<void> {
    for (const { name, pid } of this.#members) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
      if (kilobytes > 0) this.#samples.set(name, [...(this.#samples.get(name) ?? []), kilobytes / 1024]);
    }
  }
}
