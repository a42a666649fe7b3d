/** What all outages have in common: work and uploads in the middle of which something happens, and the reckoning. */
import { setTimeout as delay } from 'node:timers/promises';
import { mustCome, seconds } from './pace.ts';
import { bundled, scatter } from './people.ts';
import type { Recording } from './recordings.ts';
import { type Findings, type Ground, sizeOf } from './scenario.ts';
import { answersAskedAgain, CutOffCalls, repeatedCalls, standings } from './stages.ts';
import { openWorld, verdictRow, type World, type WorldOptions } from './world.ts';

const DRAIN_LIMIT_MS = 240_000;

export interface Given {
  recordings: { full: number; short: number };
  /** Answers may fail to be stored where the database has no room: repeated calls are told, and not judged. */
  repeatsAreTold?: boolean;
  apis?: number;
  workers?: number;
  settings?: Record<string, string>;
  options?: Partial<WorldOptions>;
}

/** Two apis and three workers in the middle of uploads and work, and something happens to them. */
export async function underLoad(
  ground: Ground,
  given: Given,
  happens: (
    world: World,
    cutOff: CutOffCalls,
    findings: Findings,
  ) => Promise<Record<string, string | number>>,
): Promise<Findings> {
  const world = await openWorld(ground, {
    apis: given.apis ?? 2,
    workers: given.workers ?? sizeOf(ground, { full: 3, short: 2 }),
    behaviour: { latency: { kind: 'fixed', ms: 1_000 } },
    settings: { AFTERWORD_TRANSCRIBER_CALLS: '2', ...given.settings },
    ...given.options,
  });
  const findings: Findings = { table: [], broken: [], notes: [] };
  const cutOff = new CutOffCalls();
  try {
    const recordings = scatter(world, {
      people: 6,
      recordings: sizeOf(ground, given.recordings),
      percent: { silent: 5 },
    });
    await world.learn(recordings);
    const sending = sendAll(world, recordings);
    await mustCome(
      'calls in flight',
      async () => (await standings(world)).filter(({ stage }) => stage === 'call in flight').length >= 2,
      30_000,
    );
    const row = await happens(world, cutOff, findings);
    await sending;
    const drainedMs = await world.drain(DRAIN_LIMIT_MS);
    const verdict = await world.judge(findings);
    const repeated = repeatedCalls(world);
    if (repeated > cutOff.count && !given.repeatsAreTold)
      findings.broken.push(`${repeated} calls were repeated, and only ${cutOff.count} were cut off`);
    const again = await answersAskedAgain(world);
    if (again > 0) findings.broken.push(`${again} stored answers were asked for again`);
    findings.table.push({
      recordings: recordings.length,
      ...row,
      ...verdictRow(verdict),
      'calls cut off': cutOff.count,
      'calls repeated': repeated,
      drained: drainedMs === null ? 'no' : seconds(drainedMs),
    });
    findings.notes.push(`the phones heard: ${world.phone.said()}`);
    return findings;
  } finally {
    await world.close();
  }
}

/** A few at a time, so that uploads are under way for as long as the outage is to find some. */
async function sendAll(world: World, recordings: readonly Recording[]): Promise<void> {
  const waiting = bundled(recordings, world.random, 3);
  const sendNext = async () => {
    for (let files = waiting.shift(); files; files = waiting.shift()) {
      await world.phone.send(files);
      await delay(100 + world.random() * 200);
    }
  };
  await Promise.all(Array.from({ length: 4 }, sendNext));
}
