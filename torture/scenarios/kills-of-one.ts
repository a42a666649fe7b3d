/**
 * The only worker is killed again and again while it works, and one recording is the death of it whenever it is asked
 * about: that one becomes a dead letter, and none of those that died beside it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, mustCome, seconds } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import type { Recording } from '../recordings.ts';
import { type Findings, type Ground, type Row, type Scenario, sizeOf } from '../scenario.ts';
import { executorOf } from '../stages.ts';
import { inWorld, verdictRow, type World } from '../world.ts';

/** The waits of a suspect, which are three and a half minutes, and its deaths. */
const DRAIN_LIMIT_MS = 900_000;
/** A kill that is to meet work waits no longer for it. */
const BEGUN_WITHIN_MS = 10_000;

export const killsOfOne: Scenario = {
  name: 'kills-of-one',
  promises: 'what kills its worker again and again becomes a dead letter, and nothing that died beside it',
  async run(ground) {
    return await inWorld(
      ground,
      {
        apis: 1,
        workers: 1,
        behaviour: { latency: { kind: 'fixed', ms: 300 } },
        settings: { AFTERWORD_TRANSCRIBER_CALLS: '4' },
      },
      torture,
    );
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
  let met = 0;
  for (let kills = 0; kills < target; kills++) {
    while (sending.length < ((kills + 1) / target) * uploads.length)
      sending.push(world.phone.send(uploads[sending.length] ?? []));
    await mustCome('the worker is back', () => worker?.isReady, 90_000);
    // It has begun with what is there, and has no time to end with all of it.
    if (await eventually(async () => await hasBegun(world, worker?.pid ?? 0), BEGUN_WITHIN_MS, 20)) met++;
    await delay(world.random() * 800);
    await killer.kill();
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
    'while it worked': met,
    'deaths by one recording': killer.count,
    recordings: recordings.length,
    ...verdictRow(verdict),
    'innocent dead letters': innocent.length,
    drained: drainedMs === null ? 'no' : seconds(drainedMs),
  };
  findings.table.push(row);
  return findings;
}

/** Its name stands on a recording that nobody else has ended. */
async function hasBegun(world: World, pid: number): Promise<boolean> {
  const executorId = await executorOf(world, pid);
  const held = await world.ask(
    'SELECT 1 FROM recordings WHERE held_by = $1 AND finished_at_ms IS NULL LIMIT 1',
    [executorId],
  );
  return held.length > 0;
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
  #last = 0;
  #killing: Promise<void> | undefined;
  #isOver = false;

  constructor(world: World, recording: Recording) {
    this.#world = world;
    this.#recording = recording;
  }

  async watch(): Promise<void> {
    while (!this.#isOver) {
      if (!(await eventually(async () => await this.#inFlight(), 1_000, 20)) || this.#killing) continue;
      this.count++;
      await this.kill();
    }
  }

  async stop(watching: Promise<void>): Promise<void> {
    this.#isOver = true;
    await watching;
  }

  /** One at a time, whoever wants it: two at once would start two workers. */
  async kill(): Promise<void> {
    this.#killing ??= this.#killAndStart().finally(() => {
      this.#killing = undefined;
    });
    await this.#killing;
  }

  async #killAndStart(): Promise<void> {
    const [worker] = this.#world.fleet.workers;
    worker?.killNow();
    await worker?.kill();
    // What this cut off is in flight for ever.
    this.#last = await this.#lastCall();
    worker?.start();
  }

  async #lastCall(): Promise<number> {
    const rows = await this.#world.ask<{ id: string | null }>('SELECT max(id) AS id FROM provider_calls');
    return Number(rows[0]?.id ?? 0);
  }

  async #inFlight(): Promise<boolean> {
    const rows = await this.#world.ask(
      `SELECT 1 FROM provider_calls c JOIN recordings r ON r.id = c.recording_id
        WHERE r.sha256 = $1 AND c.finished_at_ms IS NULL AND c.id > $2 LIMIT 1`,
      [this.#recording.sha256, this.#last],
    );
    return rows.length > 0;
  }
}
