import { setTimeout as delay } from 'node:timers/promises';
import { eventually, mustCome } from '../pace.ts';
import type { Scenario } from '../scenario.ts';
import { executorOf, standings } from '../stages.ts';
import { underLoad } from '../under-load.ts';

export const zombie: Scenario = {
  name: 'zombie',
  promises: 'a worker that freezes for 8 s and wakes up to find its work done does nothing twice',
  run: async (ground) =>
    await underLoad(ground, { recordings: { full: 60, short: 18 } }, async (world, cutOff, findings) => {
      const pid = await mustCome(
        'a call in flight',
        async () => (await standings(world)).find(({ stage }) => stage === 'call in flight')?.pid,
        30_000,
      );
      const frozen = world.fleet.byPid(pid);
      frozen?.freeze();
      await delay(50);
      const executorId = await executorOf(world, pid);
      if (executorId) await cutOff.ofExecutor(world, executorId);
      await delay(8_000);
      frozen?.thaw();
      const end = await eventually(() => world.fleet.ownEnds.find((one) => one.pid === pid), 10_000);
      if (!end) findings.broken.push('the frozen worker went on as if nothing had happened');
      return { 'woke up to': end ? `exit ${end.code}` : 'go on' };
    }),
};
