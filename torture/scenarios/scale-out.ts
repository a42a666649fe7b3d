/** Three workers must do three times as much as one when what binds them is how many calls each has in flight. */
import { startS3Server } from '../../tests/support/s3-server.ts';
import { mustCome } from '../pace.ts';
import { bundled, scatter } from '../people.ts';
import { type Findings, type Scenario, sizeOf } from '../scenario.ts';
import { repeatedCalls } from '../stages.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const AT_LEAST = 2.5;
const WORKERS = 3;
const LATENCY_MS = 1_500;

export const scaleOut: Scenario = {
  name: 'scale-out',
  promises: `${WORKERS} workers on one database and one bucket do at least ${AT_LEAST} times as much as one`,
  async run(ground) {
    const s3 = await startS3Server();
    const world = await openWorld(ground, {
      apis: 2,
      workers: 1,
      behaviour: { latency: { kind: 'fixed', ms: LATENCY_MS } },
      settings: {
        AFTERWORD_TRANSCRIBER_CALLS: '2',
        AFTERWORD_BLOBS: `s3://torture/audio?endpoint=${s3.endpoint}`,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      },
    });
    try {
      const findings: Findings = { table: [], broken: [], notes: [] };
      const each = sizeOf(ground, { full: 60, short: 13 });
      const one = await throughput(world, each, 'one');
      ground.say(`1 worker answers ${one.toFixed(2)} pieces/s`);
      await world.fleet.add('worker', WORKERS - 1);
      await world.fleet.ready();
      const three = await throughput(world, each * WORKERS, 'three');
      const verdict = await world.judge(findings);
      const repeated = repeatedCalls(world);
      if (repeated > 0) findings.broken.push(`${repeated} calls were repeated`);
      if (three < AT_LEAST * one) findings.broken.push(`only ${(three / one).toFixed(2)} times as much`);
      findings.table.push({
        '1 worker': `${one.toFixed(2)} pieces/s`,
        [`${WORKERS} workers`]: `${three.toFixed(2)} pieces/s`,
        times: (three / one).toFixed(2),
        'limit by calls': `${((2 * 1000) / LATENCY_MS).toFixed(2)} pieces/s each`,
        ...verdictRow(verdict),
      });
      return findings;
    } finally {
      await world.close();
      await s3.close();
    }
  },
};

/** From when all is uploaded and waiting to the last answer but a tenth: at the very end there is not enough for all. */
async function throughput(world: World, count: number, prefix: string): Promise<number> {
  const recordings = scatter(world, { people: 6, recordings: count, longestSeconds: 5, prefix });
  const before = world.providers.stats().answered;
  await world.learn(recordings);
  const pieces = world.expected.slice(-count).flatMap((expected) => expected.pieces).length;
  const since = performance.now();
  await Promise.all(bundled(recordings, world.random, 10).map((files) => world.phone.send(files)));
  const enough = Math.floor(pieces * 0.9);
  await mustCome('the answers', () => world.providers.stats().answered - before >= enough, 600_000);
  const rate = (enough * 1000) / (performance.now() - since);
  if ((await world.drain(120_000)) === null) throw new Error('it did not drain');
  return rate;
}
