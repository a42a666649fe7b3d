/** A person starts it with npm, and ends that: the real `npm start`, as a group of its own, like a terminal's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { childrenOf, kill, processesNaming, processOf, Scene, until } from '../engine/fixtures/scene.ts';
import { plainEnvironment } from '../support/server.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(PROJECT, 'src/cli/main.ts');
const LIMIT = { timeout: 120_000 };

const scene = new Scene();
/** One for all of them, since making a cluster takes the longest; each has a log of its own. */
let dataDir: string;
beforeAll(async () => {
  dataDir = await scene.folder();
});
let starts = 0;
let ours: number[] = [];
afterEach(() => {
  for (const pid of ours) kill(pid);
  ours = [];
});
afterAll(() => scene.end());

interface Started {
  command: ChildProcess;
  tree: number[];
  journal: () => Promise<string>;
}

function withDescendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(withDescendants)];
}

async function start(file: string, args: string[], isUp = 'the worker is ready'): Promise<Started> {
  const logFile = join(dataDir, `start-${++starts}.log`);
  const command = spawn(file, args, {
    cwd: PROJECT,
    detached: true,
    stdio: 'ignore',
    env: {
      ...plainEnvironment(),
      AFTERWORD_PORT: '0',
      AFTERWORD_DATA_DIR: dataDir,
      AFTERWORD_LOG_FILE: logFile,
      AFTERWORD_MODEL: 'tiny',
    },
  });
  const journal = async () => await readFile(logFile, 'utf8').catch(() => '');
  await until('a server', async () => (await journal()).includes(isUp), 60_000);
  const tree = [...new Set([...withDescendants(command.pid ?? 0), ...processesNaming(dataDir)])];
  ours = tree;
  return { command, tree, journal };
}

async function allEnd({ tree, journal }: Started): Promise<void> {
  await until('the end of all of it', () => tree.every((pid) => !processOf(pid)), 40_000);
  const log = await journal();
  // In order, and not by being killed: the worker drained, and PostgreSQL wrote its checkpoint.
  expect(log).toContain('the worker has stopped');
  expect(log).toContain('PostgreSQL stopped');
}

it('`npm start` stops everything in order on SIGTERM, and waits for it', LIMIT, async () => {
  const started = await start('npm', ['start']);
  kill(started.command.pid, 'SIGTERM');
  await once(started.command, 'exit');
  expect(await started.journal()).toContain('PostgreSQL stopped');
  await allEnd(started);
});

it('`npm start` stops everything in order on Ctrl-C, which reaches every process of it', LIMIT, async () => {
  const started = await start('npm', ['start']);
  kill(-(started.command.pid ?? 0), 'SIGINT');
  await allEnd(started);
});

it('stops when an npm that started it is killed', LIMIT, async () => {
  const started = await start('npm', ['start']);
  kill(started.command.pid, 'SIGKILL');
  await allEnd(started);
});

it('`npx node …` stops everything on SIGTERM', LIMIT, async () => {
  const started = await start('npx', ['node', MAIN, 'serve']);
  kill(started.command.pid, 'SIGTERM');
  await allEnd(started);
});

it('leaves nothing behind when it is stopped while it starts', LIMIT, async () => {
  const started = await start('npm', ['start'], 'PostgreSQL started');
  kill(started.command.pid, 'SIGTERM');
  await until('the end of all of it', () => started.tree.every((pid) => !processOf(pid)), 40_000);
  expect(await started.journal()).toContain('PostgreSQL stopped');
});
