import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pgdataOf } from '../../src/embedded-postgres/cluster.ts';
import { readPostmasterFile } from '../../src/embedded-postgres/postmaster.ts';
import { childrenOf, kill, processOf, until } from '../engine/fixtures/scene.ts';
import { formOf } from '../support/api.ts';
import { childNamed, type LogLine, useServer } from '../support/server.ts';

const LIMIT = { timeout: 180_000 };

describe('the supervisor', () => {
  const server = useServer({ AFTERWORD_MODEL: 'tiny' });

  const pids = async () => ({
    api: childNamed(server.pid, 'api'),
    worker: childNamed(server.pid, 'worker'),
    postgres: (await readPostmasterFile(pgdataOf(server.dataDir)))?.pid,
  });
  const workers = async (): Promise<number> => {
    const { workers: alive } = (await (await fetch(`${server.url}/health`)).json()) as { workers: number };
    return alive;
  };
  const isWhole = () =>
    until(
      'all three children at work',
      async () => {
        const now = await pids();
        if (!now.api || !now.worker || !now.postgres || (await workers()) < 1) return undefined;
        // A killed worker's lease lives for some seconds more: this one says it itself.
        const isReady = ({ pid, msg }: LogLine) => pid === now.worker && msg === 'the worker is ready';
        return (await server.journal()).some(isReady) ? now : undefined;
      },
      60_000,
    );
  let sent = 0;
  const upload = async () => {
    const body = formOf({ [`audio_omi_opus_fs320_16000_1_fs320_${1774000000 + sent++}.bin`]: `x${sent}` });
    return (await fetch(`${server.url}/api/v1/recordings`, { method: 'POST', body })).status;
  };

  for (const victim of ['api', 'worker', 'postgres'] as const) {
    it(`starts the ${victim} again when it is killed, and the others live on`, LIMIT, async () => {
      const before = await isWhole();
      const { url } = server;
      kill(before[victim]);
      await until(`the end of the ${victim}`, () => !processOf(before[victim] ?? 0));
      const after = await until('another one in its place', async () => {
        const now = await isWhole();
        return now[victim] === before[victim] ? undefined : now;
      });
      for (const other of ['api', 'worker', 'postgres'] as const) {
        if (other !== victim) expect(after[other]).toBe(before[other]);
      }
      expect(server.url).toBe(url);
      expect(await upload()).toBe(202);
    });
  }

  it('tells why a child ended, and waits longer each time', LIMIT, async () => {
    await isWhole();
    // A folder that cannot be made: what a broken volume does.
    const cache = join(server.dataDir, 'cache');
    await rm(cache, { recursive: true, force: true });
    await writeFile(cache, '');
    kill(childNamed(server.pid, 'worker'));
    const lines = await until('three restarts', async () => {
      const told = (await server.journal()).filter(({ msg }) => /cache/.test(msg));
      return told.length >= 3 ? told : undefined;
    });
    expect(lines[0]?.msg).toMatch(
      /^Worker crashed at start \(exit 1\), restart \d+ in [\d.]+ s: .*(ENOTDIR|EEXIST)/,
    );
    expect(lines[2]?.pauseMs).toBeGreaterThan(Number(lines[0]?.pauseMs));
    expect(await upload()).toBe(202);
    await rm(cache);
    await isWhole();
  });

  it(
    'leaves nothing behind that does not end by itself when it is killed, and goes on with the same data',
    LIMIT,
    async () => {
      const before = await isWhole();
      expect(await upload()).toBe(202);
      kill(server.pid);
      await until(
        'the end of its api and worker',
        () => !processOf(before.api ?? 0) && !processOf(before.worker ?? 0),
      );
      expect(processOf(before.postgres ?? 0)).toBeDefined();
      await server.start();
      const after = await isWhole();
      expect(after.postgres).toBe(before.postgres);
      expect(childrenOf(server.pid)).toHaveLength(2);
      expect(await upload()).toBe(202);
      expect(await server.stop()).toBe(0);
      expect(processOf(before.postgres ?? 0)).toBeUndefined();
      await server.start();
    },
  );
});
