import { setTimeout as delay } from 'node:timers/promises';
import { seconds } from '../pace.ts';
import type { Scenario } from '../scenario.ts';
import { underLoad } from '../under-load.ts';

export const databaseOutage: Scenario = {
  name: 'database-outage',
  promises: 'a database that is killed for 3 s under load ends no process and costs nothing',
  run: async (ground) =>
    await underLoad(ground, { recordings: { full: 80, short: 24 } }, async (world, cutOff, findings) => {
      const fromMs = Date.now();
      // It is started again at once by who looks after it, so it is killed for as long as the outage lasts.
      while (Date.now() < fromMs + 3_000) {
        await world.cluster.kill();
        await delay(100);
      }
      const toMs = Date.now();
      await world.cluster.isBack();
      await cutOff.ofEverybody(world, fromMs, toMs + 200);
      const ended = world.fleet.ownEnds.filter(({ wasReady, atMs }) => wasReady && atMs >= fromMs);
      if (ended.length > 0) findings.broken.push(`${ended.length} processes ended over it`);
      return { 'away for': seconds(Date.now() - fromMs) };
    }),
};
