/** A deployment under load: every process is told to stop, ends in order, and is started again, one after the other. */
import { eventually, seconds } from '../pace.ts';
import type { Scenario } from '../scenario.ts';
import { underLoad } from '../under-load.ts';

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  promises: 'a restart of every process under load loses nothing, asks nothing twice and ends cleanly',
  run: async (ground) =>
    await underLoad(ground, { recordings: { full: 160, short: 40 } }, async (world, _cutOff, findings) => {
      let slowestMs = 0;
      for (const member of world.fleet.members) {
        const since = performance.now();
        const status = await member.stop();
        slowestMs = Math.max(slowestMs, performance.now() - since);
        if (status !== 0) findings.broken.push(`${member.name} ended with ${status}: ${member.lastWords()}`);
        member.start();
        if (!(await eventually(() => member.isReady, 60_000)))
          findings.broken.push(`${member.name} did not come back: ${member.lastWords()}`);
      }
      return { restarted: world.fleet.members.length, 'slowest stop': seconds(slowestMs) };
    }),
};
