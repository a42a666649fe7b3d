/** A server of its own for a benchmark: its own folder, its own port, ended with the run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findServer } from '../src/serve/address.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

export interface Serving {
  url: string;
  process: ChildProcess;
  dataDir: string;
  close(): Promise<void>;
}

/** @throws Error when the server ends before it is ready */
export async function startServing(settings: Record<string, string> = {}): Promise<Serving> {
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-bench-'));
  const server = spawn(process.execPath, ['--max-semi-space-size=1', MAIN, 'serve'], {
    env: {
      ...process.env,
      AFTERWORD_DATA_DIR: dataDir,
      AFTERWORD_PORT: '0',
      // One person sends all that a benchmark sends.
      AFTERWORD_PERSON_REQUESTS_PER_MINUTE: 'off',
      AFTERWORD_LOG_LEVEL: 'warn',
      ...settings,
    },
    // What it logs is no part of what the benchmark prints, which the report takes.
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  const close = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  for (;;) {
    const url = await findServer(dataDir);
    if (url) return { url, process: server, dataDir, close };
    if (server.exitCode !== null) {
      await close();
      throw new Error(`the server ended with ${server.exitCode}`);
    }
    await delay(50);
  }
}
