import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADDRESS_FILE } from '../../src/serve/address.ts';
import { kill, until } from '../engine/fixtures/scene.ts';
import { plainEnvironment } from './server.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** An api as a process of its own on a database that others use as well; it can be killed and started again. */
export class ApiProcess {
  readonly #databaseUrl: string;
  readonly #settings: Record<string, string>;
  #folder: string | undefined;
  #child: ChildProcess | undefined;
  url: string | null = null;

  constructor(databaseUrl: string, settings: Record<string, string> = {}) {
    this.#databaseUrl = databaseUrl;
    this.#settings = settings;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'afterword-api-process-'));
    const folder = this.#folder;
    const child = spawn(process.execPath, [MAIN, 'serve', '--role', 'api'], {
      env: {
        ...plainEnvironment(),
        DATABASE_URL: this.#databaseUrl,
        AFTERWORD_DATA_DIR: folder,
        AFTERWORD_PORT: '0',
        AFTERWORD_LOG_LEVEL: 'error',
        ...this.#settings,
      },
      stdio: 'ignore',
    });
    this.#child = child;
    process.once('exit', () => kill(child.pid));
    this.url = await until(
      'an api process',
      async () => {
        const text = await readFile(join(folder, ADDRESS_FILE), 'utf8').catch(() => '');
        if (text === '') return null;
        const { pid, url } = JSON.parse(text) as { pid: number; url: string };
        return pid === child.pid ? url : null;
      },
      120_000,
    );
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.url = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.kill();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }
}
