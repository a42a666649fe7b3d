/** As whom PostgreSQL runs: it refuses root, and the account that runs it instead must reach program and data. */
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { locateBinaries } from '../../src/embedded-postgres/cluster.ts';
import { chooseRunAs, spawnAs } from '../../src/embedded-postgres/run-as.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { Actor, fixture, isRoot, quiet, Scene } from '../engine/fixtures/scene.ts';

const STDIO = ['ignore', 2, 2, 'ipc'] as const;

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await scene.end();
});

async function startAndStop(dataDir: string): Promise<number> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet });
  scene.atEnd(() => postgres.stop());
  const { uid } = statSync(`/proc/${postgres.pid}`);
  await postgres.stop();
  return uid;
}

describe.runIf(isRoot && process.platform === 'linux')('under root', () => {
  test('runs as the owner of the data folder', async () => {
    const dataDir = join(await scene.folder(), 'data');
    mkdirSync(dataDir);
    chmodSync(join(dataDir, '..'), 0o755);
    const { uid: nobody } = (await chooseRunAs(dataDir, '/bin/true')).owner ?? { uid: 0 };
    expect(nobody).toBeGreaterThan(0);
    chownSync(dataDir, 1, 1);
    expect(await startAndStop(dataDir)).toBe(1);
  });

  test('runs as nobody in a folder that only root may enter', async () => {
    const parent = await scene.folder();
    expect(statSync(parent).mode & 0o777).toBe(0o700);
    expect(await startAndStop(join(parent, 'data'))).toBeGreaterThan(1);
  });

  test('runs programs that only root may reach, as those of a clone in such a folder', async () => {
    const parent = await scene.folder();
    const native = join(parent, 'native');
    cpSync(dirname(dirname((await locateBinaries()).postgres)), native, { recursive: true });
    const binaries = await locateBinaries(native);
    const workplace = join(parent, 'workplace');
    mkdirSync(workplace);
    const runAs = await chooseRunAs(workplace, binaries.postgres);
    const { uid = 0, gid = 0 } = runAs.owner ?? {};
    chownSync(workplace, uid, gid);
    // initdb looks for "postgres" beside itself with access(2), which knows no capabilities by default.
    const initdb = spawnAs(runAs, binaries.initdb, ['-D', join(workplace, 'data'), '-U', 'postgres', '-N'], {
      stdio: 'ignore',
    });
    expect(await new Promise((resolve) => initdb.once('exit', resolve))).toBe(0);
  });

  test('a folder made by root still serves after it was moved from a closed place to an open one', async () => {
    const parent = await scene.folder();
    const dataDir = join(parent, 'data');
    const closed = await startAndStop(dataDir);
    chmodSync(parent, 0o755);
    expect(await startAndStop(dataDir)).toBe(closed);
  });

  test.each([
    ['-dac_read_search', 'ready'],
    ['-dac_read_search,-dac_override', 'failed'],
  ])('in a container that took %s from root: %s', async (bounding, outcome) => {
    const dataDir = join(await scene.folder(), 'data');
    const shrunk = {
      command: (binary: string, args: string[]) => ({
        file: 'setpriv',
        args: [`--bounding-set=${bounding}`, binary, ...args],
      }),
    };
    const child = spawnAs(shrunk, process.execPath, [fixture('server'), dataDir], { stdio: [...STDIO] });
    const message = await new Actor(scene.adopt(child)).hears(outcome);
    if (outcome === 'failed') expect(message).toMatchObject({ code: 'postgres_user' });
  });

  test('without setpriv the error names the closed folder and what to do', async () => {
    const parent = await scene.folder();
    const programs = await scene.folder();
    symlinkSync('/usr/bin/id', join(programs, 'id'));
    vi.stubEnv('PATH', programs);
    await expect(startEmbeddedPostgres({ dataDir: join(parent, 'data'), log: quiet })).rejects.toMatchObject({
      code: 'postgres_user',
      message: expect.stringContaining(`chmod o+x ${parent}`),
    });
  });
});

test('an ordinary user runs it as itself', async () => {
  const dataDir = await scene.folder();
  // This checkout may itself lie in a folder of root's: the fixture's account must be able to read it.
  const runAs = await chooseRunAs(dirname(fixture('server')), process.execPath);
  if (runAs.owner) chownSync(dataDir, runAs.owner.uid, runAs.owner.gid);
  const child = spawnAs(runAs, process.execPath, [fixture('server'), dataDir], { stdio: [...STDIO] });
  const actor = new Actor(scene.adopt(child));
  const ready = await actor.hears('ready');
  expect(ready.uid).not.toBe(0);
  expect(statSync(join(dataDir, 'pgdata')).uid).toBe(ready.uid);
  actor.tell('stop');
  await actor.hears('stopped');
});

test('makes the links that a package installed without scripts lacks', async () => {
  const { postgres } = await locateBinaries();
  const root = await scene.folder();
  const native = join(root, 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), '');
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
  await locateBinaries(native);
  await locateBinaries(native);
  expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(postgres).toContain('@embedded-postgres');
});
