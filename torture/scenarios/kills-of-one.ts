/**
 * The only worker is killed again and again while it works, and one recording is the death of it whenever it is asked
 * about: that one becomes a dead letter, and none of those that died beside it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, mustCome, seconds } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import type { Recording } from '../recordings.ts';
import { type Findings, type Ground, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

/** The waits of a suspect, which are three and a half minutes, and its deaths. */
const DRAIN_LIMIT_MS = 600_000;

export const killsOfOne: Scenario = {
  name: 'kills-of-one',
  promises: 'what kills its worker again and again becomes a dead letter, and nothing that died beside it',
  async run(ground) {
    const world = await openWorld(ground, {
      apis: 1,
      workers: 1,
      behaviour: { latency: { kind: 'fixed', ms: 300 } },
      settings: { AFTERWORD_TRANSCRIBER_CALLS: '4' },
    });
    try {
      return await torture(ground, world);
    } finally {
      await world.close();
    }
  },
};

async function torture(ground: Ground, world: World): Promise<Findings> {
  const findings: Findings = { table: [], broken: [], notes: [] };
  const target = sizeOf(ground, { full: 60, short: 10 });
  const recordings = scatter(world, { people: 12, recordings: 2 * target, prefix: 'beside' });
  await world.learn(recordings);
  const poison = await deadly(world);
  const killer = new DeadlyCalls(world, poison);
  const watching = killer.watch();
  const uploads = [[poison], ...bundled(recordings, world.random, 3)];
  const sending: Promise<unknown>[] = [];
  const [worker] = world.fleet.workers;
  for (let kills = 0; kills < target; kills++) {
    while (sending.length < ((kills + 1) / target) * uploads.length)
      sending.push(world.phone.send(uploads[sending.length] ?? []));
    await mustCome('the worker is back', () => worker?.isReady, 90_000);
    // Long enough to begin with what is there, and too short to end with it.
    await delay(300 + world.random() * 1_200);
    worker?.killNow();
    await worker?.kill();
    worker?.start();
  }
  await Promise.all(sending);
  ground.say(`the only worker was killed ${target} times, and by one recording ${killer.count} times so far`);
  const drainedMs = await world.drain(DRAIN_LIMIT_MS);
  await killer.stop(watching);
  const verdict = await world.judge(findings);
  const dead = await world.ask<{ id: string; code: string; sha256: string }>(
    "SELECT id, code, sha256 FROM recordings WHERE outcome = 'failed'",
  );
  const innocent = dead.filter(({ sha256 }) => sha256 !== poison.sha256);
  if (dead.length - innocent.length !== 1 || dead.some(({ code }) => code !== 'poison'))
    findings.broken.push(
      `what kills its worker did not become a dead letter as poison: ${JSON.stringify(dead)}`,
    );
  const row: Row = {
    'kills of the only worker': target,
    'deaths by one recording': killer.count,
    recordings: recordings.length,
    ...verdictRow(verdict),
    'innocent dead letters': innocent.length,
    drained: drainedMs === null ? 'no' : seconds(drainedMs),
  };
  findings.table.push(row);
  return findings;
}

/** With words in it, and expected to fail. */
async function deadly(world: World): Promise<Recording> {
  for (;;) {
    const recording = world.voices.record('deadly', Date.now() - 3_600_000, 'speech', 8);
    await world.learn([recording]);
    const expected = world.expected.pop();
    if (expected?.outcome !== 'completed') continue;
    world.expected.push({ ...expected, outcome: 'failed', segments: [] });
    return recording;
  }
}

/** Whenever the worker asks about it, that is its end: so does a file over which a native library aborts. */
class DeadlyCalls {
  count = 0;
  readonly #world: World;
  readonly #recording: Recording;
  #isOver = false;

  constructor(world: World, recording: Recording) {
    this.#world = world;
    this.#recording = recording;
  }

  async watch(): Promise<void> {
    const [worker] = this.#world.fleet.workers;
    let last = 0;
    while (!this.#isOver) {
      const id = await eventually(async () => await this.#inFlight(last), 1_000, 20);
      if (id === null || !worker?.isReady) continue;
      last = id;
      this.count++;
      worker.killNow();
      await worker.kill();
      worker.start();
    }
  }

  async stop(watching: Promise<void>): Promise<void> {
    this.#isOver = true;
    await watching;
  }

  async #inFlight(after: number): Promise<number | null> {
    const rows = await this.#world.ask<{ id: number }>(
      `SELECT max(c.id) AS id FROM provider_calls c JOIN recordings r ON r.id = c.recording_id
        WHERE r.sha256 = $1 AND c.finished_at_ms IS NULL AND c.id > $2`,
      [this.#recording.sha256, after],
    );
    return rows[0]?.id ?? null;
  }
}
