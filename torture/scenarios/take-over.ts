/** How long a dead worker's work lies still: from its kill -9 to the next call to the provider for the same audio. */

import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '../fleet.ts';
import { eventually, mustCome, quantile, seconds } from '../pace.ts';
import { scatter } from '../people.ts';
import { type Findings, type Scenario, sizeOf } from '../scenario.ts';
import { standings } from '../stages.ts';
import { openWorld, verdictRow, type World } from '../world.ts';

const LIMIT_MS = 5_000;
const GIVE_UP_MS = 30_000;
/** A reaper judges nobody before it has been well for two lease times itself: a pair of workers is older than that. */
const SETTLED_MS = 6_500;

export const takeOver: Scenario = {
  name: 'take-over',
  promises: `work of a killed worker goes on elsewhere within ${LIMIT_MS / 1000} s, whether or not anybody asks`,
  async run(ground) {
    const world = await openWorld(ground, {
      apis: 1,
      workers: 2,
      behaviour: { latency: { kind: 'fixed', ms: 3_000 } },
    });
    try {
      const findings: Findings = { table: [], broken: [], notes: [] };
      const times = sizeOf(ground, { full: 16, short: 3 });
      const recordings = scatter(world, { people: 4, recordings: times });
      await world.learn(recordings);
      const samples: number[] = [];
      await delay(SETTLED_MS);
      // Of what is silent nobody asks the provider.
      for (const { recording, outcome } of [...world.expected]) {
        if (outcome !== 'completed') continue;
        await world.phone.send([recording]);
        const { victim, startedAt } = await killItsWorker(world);
        // As whatever supervises it does, at once.
        victim.start();
        const again = await eventually(() => world.providers.stats().calls > startedAt.calls, GIVE_UP_MS, 5);
        const ms = performance.now() - startedAt.ms;
        samples.push(ms);
        if (!again) findings.broken.push(`nobody took ${recording.name} over within ${GIVE_UP_MS / 1000} s`);
        await victim.ready();
        await Promise.all([world.drain(60_000), delay(SETTLED_MS)]);
      }
      const max = Math.max(...samples);
      if (max > LIMIT_MS) findings.broken.push(`the slowest take-over took ${seconds(max)}`);
      const [load = 0] = loadavg();
      if (load > 4) findings.notes.push(`the machine is overloaded: load ${load.toFixed(1)} on 2 cores`);
      const verdict = await world.judge(findings);
      findings.table.push({
        'kill -9': samples.length,
        p50: seconds(quantile(samples, 0.5)),
        max: seconds(max),
        ...verdictRow(verdict),
      });
      return findings;
    } finally {
      await world.close();
    }
  },
};

/** In the middle of its call to the provider. */
async function killItsWorker(
  world: World,
): Promise<{ victim: Member; startedAt: { ms: number; calls: number } }> {
  const victim = await mustCome(
    'a call in flight',
    async () => {
      const calling = (await standings(world)).find(({ stage }) => stage === 'call in flight');
      return calling?.pid ? world.fleet.byPid(calling.pid) : null;
    },
    30_000,
  );
  // Some recordings are two pieces: by now all that are worth having under way are.
  await delay(700);
  const startedAt = { ms: performance.now(), calls: world.providers.stats().calls };
  await victim.kill();
  return { victim, startedAt };
}
