/**
 * The real thing: `afterword serve` as its own process tree (api, worker, PostgreSQL) on a data folder of its own,
 * which can be killed whole, stopped in order, and started again on the same data.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { pgdataOf } from '../../src/embedded-postgres/cluster.ts';
import { DATABASE } from '../../src/embedded-postgres/connect.ts';
import { readCredentials, urlOf } from '../../src/embedded-postgres/credentials.ts';
import { readPostmasterFile } from '../../src/embedded-postgres/postmaster.ts';
import { ADDRESS_FILE, findServer } from '../../src/serve/address.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { childrenOf, kill, processOf, Scene, until } from '../engine/fixtures/scene.ts';
import { fillDataDir, log } from './database.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Neither bounds a speed: they turn a hang into a failure with a name, on a machine that many share. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 60_000;
const TAIL_LINES = 40;
/** Instead of an address: what has ended is not waited for. */
const ENDED = 'ended';

/**
 * One server for the tests of a file: started before the first, removed with its data after the last, and
 * heard out when one fails.
 */
export function useServer(settings: Record<string, string> = {}): TestServer {
  const server = new TestServer(settings);
  beforeAll(() => server.start(), START_LIMIT_MS);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(await server.lastWords());
  });
  afterAll(() => server.remove(), STOP_LIMIT_MS);
  return server;
}

export interface LogLine {
  level: number;
  part: string;
  msg: string;
  [field: string]: unknown;
}

export class TestServer {
  readonly #settings: Record<string, string>;
  readonly #scene = new Scene();
  #dataDir: string | undefined;
  #child: ChildProcess | undefined;
  #url: string | undefined;

  constructor(settings: Record<string, string>) {
    this.#settings = settings;
  }

  get dataDir(): string {
    if (!this.#dataDir) throw new Error('the server has never been started');
    return this.#dataDir;
  }

  /** Another one after each start: the port is any free one. */
  get url(): string {
    if (!this.#url) throw new Error('the server is not running');
    return this.#url;
  }

  get pid(): number {
    if (!this.#child?.pid) throw new Error('the server is not running');
    return this.#child.pid;
  }

  async start(): Promise<void> {
    this.#dataDir ??= await this.#newDataDir();
    const errors = await open(this.#stderrFile, 'a');
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: { ...plainEnvironment(), ...this.#ownSettings() },
      stdio: ['ignore', errors.fd, errors.fd],
    });
    this.#child = child;
    // The test runner may be ended in the middle, and then nothing else ends this.
    const endWithUs = () => kill(child.pid);
    process.once('exit', endWithUs);
    child.once('exit', () => process.off('exit', endWithUs));
    await errors.close();
    try {
      const answer = await until(
        'an answering server',
        () => (isRunning(child) ? this.#answers(child) : ENDED),
        START_LIMIT_MS,
      );
      if (answer === ENDED) throw new Error(`it ended with ${child.signalCode ?? child.exitCode}`);
      this.#url = answer;
    } catch (error) {
      throw new Error(`the server did not start\n${await this.lastWords()}`, { cause: error });
    }
  }

  /** With the tables already in it. That a server makes them itself is shown by the tests of the demo and of migrations. */
  async #newDataDir(): Promise<string> {
    const dataDir = await this.#scene.folder();
    await fillDataDir(dataDir);
    return dataDir;
  }

  /**
   * What a power cut does: the api, its worker and PostgreSQL with all of its backends end at once, in the middle
   * of whatever they did. Resolves when not one of them is left.
   */
  async killTree(): Promise<void> {
    const pids = await this.#tree();
    for (const pid of pids) kill(pid);
    await this.#untilGone(pids);
    this.#url = undefined;
  }

  /** What an operator does: SIGTERM. Resolves with the exit status when the whole tree has ended by itself. */
  async stop(): Promise<number | null> {
    const pids = await this.#tree();
    const child = this.#child;
    kill(this.pid, 'SIGTERM');
    await this.#untilGone(pids);
    this.#url = undefined;
    return child?.exitCode ?? null;
  }

  async remove(): Promise<void> {
    if (this.#child && isRunning(this.#child)) await this.killTree();
    else if (this.#dataDir) for (const pid of await this.#postgres()) kill(pid);
    await this.#scene.end();
  }

  /** For looking at the rows that the api does not show. */
  async query<T>(look: (db: Database) => Promise<T>): Promise<T> {
    const credentials = await readCredentials(this.dataDir);
    if (!credentials?.port) throw new Error('the server has no database yet');
    const db = openDatabase(urlOf(credentials, credentials.port, DATABASE), log, 1);
    try {
      return await look(db);
    } finally {
      await db.destroy();
    }
  }

  async lastWords(): Promise<string> {
    const journal = await readFile(this.#logFile, 'utf8').catch(() => '');
    const errors = await readFile(this.#stderrFile, 'utf8').catch(() => '');
    return [
      `--- the end of ${this.#logFile}`,
      ...journal.trimEnd().split('\n').slice(-TAIL_LINES),
      '--- standard error',
      errors.trimEnd(),
      '---',
    ].join('\n');
  }

  /** What it has logged so far. */
  async journal(): Promise<LogLine[]> {
    const lines = (await readFile(this.#logFile, 'utf8')).split('\n');
    return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
  }

  get #logFile(): string {
    return join(this.dataDir, 'afterword.log');
  }

  get #stderrFile(): string {
    return join(this.dataDir, 'stderr.log');
  }

  #ownSettings(): Record<string, string> {
    return {
      AFTERWORD_PORT: '0',
      AFTERWORD_DATA_DIR: this.dataDir,
      AFTERWORD_LOG_FILE: this.#logFile,
      ...this.#settings,
    };
  }

  /** A killed server's address still lies there, and its port may be another test's by now: the pid tells. */
  async #answers(child: ChildProcess): Promise<string | null> {
    const file = await readFile(join(this.dataDir, ADDRESS_FILE), 'utf8');
    if ((JSON.parse(file) as { pid: number }).pid !== child.pid) return null;
    return await findServer(this.dataDir);
  }

  async #tree(): Promise<number[]> {
    const postgres = await this.#postgres();
    if (postgres.length === 0) throw new Error('there is no PostgreSQL to end');
    return [...new Set([...withDescendants(this.pid), ...postgres])];
  }

  /** After a killed api it is nobody's child any more, so it is found by its own file. */
  async #postgres(): Promise<number[]> {
    const postmaster = await readPostmasterFile(pgdataOf(this.dataDir));
    return postmaster && processOf(postmaster.pid) ? withDescendants(postmaster.pid) : [];
  }

  async #untilGone(pids: number[]): Promise<void> {
    const child = this.#child;
    await until(
      `the end of the processes ${pids.join(', ')}`,
      () => pids.every((pid) => !processOf(pid)),
      STOP_LIMIT_MS,
    );
    if (child && isRunning(child)) await once(child, 'exit');
  }
}

/** The child of a supervisor that runs this command of ours. */
export function childNamed(pid: number, command: 'api' | 'worker'): number | undefined {
  return childrenOf(pid).find((child) => {
    const words = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
    return words[words.indexOf(MAIN) + 1] === command;
  });
}

function withDescendants(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(withDescendants)];
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Ours without what would make the server another one than a person starts. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(AFTERWORD_|VITEST|NODE_OPTIONS$|NODE_ENV$|DATABASE_URL$|TEST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
