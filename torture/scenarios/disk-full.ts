import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mustCome } from '../pace.ts';
import type { Scenario } from '../scenario.ts';
import { underLoad } from '../under-load.ts';

const run = promisify(execFile);

export const diskFull: Scenario = {
  name: 'disk-full',
  promises: 'a full disk is said to be full, and what was sent meanwhile is not lost',
  async run(ground) {
    const small = join(ground.folder, 'small');
    await mkdir(small);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'afterword-torture', small]);
    try {
      const given = { recordings: { full: 120, short: 60 }, settings: { AFTERWORD_BLOBS: small } };
      return await underLoad(ground, given, async (world) => {
        await mustCome('an answer 507', () => (world.phone.answers.get(507) ?? 0) >= 5, 60_000);
        await delay(2_000);
        const acknowledged = world.phone.acknowledged.length;
        await run('mount', ['-o', 'remount,size=128m', small]);
        return {
          'acknowledged before there was room': acknowledged,
          'answers 507': world.phone.answers.get(507) ?? 0,
        };
      });
    } finally {
      await run('umount', ['-l', small]);
    }
  },
};
