/** Keeps one worker process running beside the api: it shares no memory and no connection pool with accepting. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A worker that ran this long was well: what ended it is news, and the pauses start over. */
const WELL_AFTER_MS = 30_000;
/** Beyond its own drain, for closing what it has open; then it is killed, and its lease hands the work over. */
const STOP_MARGIN_MS = 5_000;

export interface WorkerProcess {
  stop(): Promise<void>;
}

export function superviseWorker(config: Config, databaseUrl: string, log: Logger): WorkerProcess {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  async function supervise(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const startedAtMs = Date.now();
      child = startWorker(config, databaseUrl);
      const [code, signal] = await once(child, 'exit');
      if (stopping.signal.aborted) return;
      log.error({ pid: child.pid, code, signal }, 'the worker ended, and is started again');
      pauseMs =
        Date.now() - startedAtMs > WELL_AFTER_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
  const supervised = supervise();

  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopped ??= (async () => {
        stopping.abort();
        child?.kill('SIGTERM');
        const kill = setTimeout(() => child?.kill('SIGKILL'), config.drainMs + STOP_MARGIN_MS);
        await supervised;
        clearTimeout(kill);
      })();
      return stopped;
    },
  };
}

function startWorker(config: Config, databaseUrl: string): ChildProcess {
  return fork(MAIN, ['worker'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      AFTERWORD_DATA_DIR: config.dataDir,
      ...(config.logFile ? { AFTERWORD_LOG_FILE: config.logFile } : {}),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
}
