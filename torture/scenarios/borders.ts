/**
 * Files that follow each other, cut in the middle of words, while the workers that hear across their borders are killed: no
 * word of a border is lost, none is said twice, and each border is counted once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { shuffled } from '../../tests/pipeline/chance.ts';
import { mustCome, seconds } from '../pace.ts';
import { bundled } from '../people.ts';
import { type Findings, type Ground, type Scenario, sizeOf } from '../scenario.ts';
import { inWorld, verdictRow, type World } from '../world.ts';

const DRAIN_LIMIT_MS = 300_000;
const FILES_EACH = 8;
const FILE_SECONDS = 5;
const HOUR_MS = 3_600_000;

export const borders: Scenario = {
  name: 'borders',
  promises: 'words across the borders of files are said once and counted once, whatever is killed meanwhile',
  async run(ground) {
    return await inWorld(
      ground,
      {
        apis: 1,
        workers: 2,
        behaviour: { latency: { kind: 'fixed', ms: 300 } },
        settings: { AFTERWORD_TRANSCRIBER_CALLS: '4' },
      },
      torture,
    );
  },
};

async function torture(ground: Ground, world: World): Promise<Findings> {
  const findings: Findings = { table: [], broken: [], notes: [] };
  const people = sizeOf(ground, { full: 40, short: 4 });
  const target = sizeOf(ground, { full: 40, short: 4 });
  const recordings = Array.from({ length: people }, (_, nth) =>
    world.voices.follow(`talker-${nth}`, Date.now() - (2 + nth) * HOUR_MS, FILES_EACH, FILE_SECONDS),
  ).flat();
  await world.learn(recordings);
  const uploads = bundled(shuffled(recordings, ground.seed), world.random, 5);
  const sending: Promise<unknown>[] = [];
  for (let kills = 0; kills < target; kills++) {
    while (sending.length < ((kills + 1) / target) * uploads.length)
      sending.push(world.phone.send(uploads[sending.length] ?? []));
    await delay(300 + world.random() * 700);
    const worker = world.fleet.workers[Math.floor(world.random() * world.fleet.workers.length)];
    await mustCome('the worker is back', () => worker?.isReady, 90_000);
    await worker?.kill();
    worker?.start();
  }
  await Promise.all(sending);
  const drainedMs = await world.drain(DRAIN_LIMIT_MS);
  const verdict = await world.judge(findings);
  const [row = { heard: 0, counted: 0, left: 0 }] = await world.ask<
    Record<'heard' | 'counted' | 'left', number>
  >(`
    SELECT (SELECT count(*)::int FROM borders WHERE state = 'heard') AS heard,
           (SELECT count(*)::int FROM borders WHERE state IN ('expected', 'asked')) AS left,
           (SELECT count(*)::int FROM usage
             WHERE stage = 'transcribe' AND answered AND split_part(result, ':', 4)::int >= 1000000) AS counted`);
  if (row.heard === 0) findings.broken.push('no border was heard across');
  if (row.left > 0) findings.broken.push(`${row.left} borders were to be heard and were not`);
  if (row.counted !== row.heard)
    findings.broken.push(`${row.heard} borders were heard across, and ${row.counted} were counted`);
  findings.table.push({
    'kills of workers': target,
    recordings: recordings.length,
    'borders heard': row.heard,
    counted: row.counted,
    ...verdictRow(verdict),
    drained: drainedMs === null ? 'no' : seconds(drainedMs),
  });
  return findings;
}
