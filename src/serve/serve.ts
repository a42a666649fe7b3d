/**
 * Runs all of Afterword on one machine: a parent starts the api, a worker and PostgreSQL (embedded, unless DATABASE_URL names
 * one) as children and restarts them when they end. It handles no request and no recording, so that nothing from outside can
 * end it, and everything with it.
 */
import { once } from 'node:events';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { acquireOwnership } from '../embedded-postgres/ownership.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/start.ts';
import { announce } from './address.ts';
import { type Child, superviseChild } from './child.ts';
import { COMPILED } from './compiled.ts';
import { stopper } from './stopper.ts';

/** After its drain a worker has this time to close what it has open. Then it is killed, and its lease hands the work over. */
const STOP_MARGIN_MS = 5_000;

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Take any free port when the configured one is busy. */
  anyPort?: boolean;
  /** Cancels the start, which then throws and leaves nothing running. */
  signal?: AbortSignal;
}

interface OwnDatabase {
  databaseUrl: string;
  /** PostgreSQL was still running after an earlier server on this folder was killed, whose children may still be ending. */
  outlived: boolean;
}

/**
 * glibc gives each thread a heap of its own, and keeps what is freed there: with few heaps, and the longest blocks of sound
 * outside of them, more is given back. Blocks of 64 kB and more outside of them would cost a quarter of listening, since the
 * system clears each of their pages.
 */
const WORKER_ALLOCATOR = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

export async function serve(config: Config, log: Logger, options: ServeOptions = {}): Promise<RunningServer> {
  const { undo, stop } = stopper(log);
  const { anyPort = false, signal = new AbortController().signal } = options;
  try {
    const { databaseUrl, outlived } = config.databaseUrl
      ? { databaseUrl: config.databaseUrl, outlived: false }
      : await ownDatabase(config, { log, signal, undo });
    signal.throwIfAborted();
    const children: Child[] = [];
    undo(async () => await Promise.all(children.map((child) => child.stop())));
    const environment = {
      ...process.env,
      ...COMPILED,
      DATABASE_URL: databaseUrl,
      AFTERWORD_DATA_DIR: config.dataDir,
      AFTERWORD_BLOBS: config.blobs ?? '',
      ...(config.logFile ? { AFTERWORD_LOG_FILE: config.logFile } : {}),
    };
    const stopWithinMs = config.drainMs + STOP_MARGIN_MS;
    // Clients know the api's address, so a restarted api gets the port of the first one.
    let port: string | undefined;
    const api = superviseChild({
      name: 'Api',
      command: () => ({
        args: ['api', '--when-taken', whenTaken({ anyPort, outlived, isFirst: port === undefined })],
        env: { ...environment, ...(port ? { AFTERWORD_PORT: port } : {}) },
        // Request bodies pass through the young heap, which at Node's default grows by 48 MB under load and never shrinks.
        execArgv: ['--max-semi-space-size=1'],
      }),
      stopWithinMs,
      log,
    });
    children.push(api);
    children.push(
      superviseChild({
        name: 'Worker',
        command: () => ({
          args: ['worker'],
          env: { ...WORKER_ALLOCATOR, ...environment },
          // Its main thread and those that listen and transcribe have a young heap each, which at Node's default takes 48 MB.
          execArgv: ['--max-semi-space-size=2'],
        }),
        stopWithinMs,
        log,
      }),
    );
    const { url = '' } = await Promise.race([api.ready, whenAborted(signal)]);
    port = new URL(url).port;
    undo(await announce(config.dataDir, url));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

function whenTaken({ anyPort, outlived, isFirst }: Record<'anyPort' | 'outlived' | 'isFirst', boolean>) {
  if (!isFirst || outlived) return 'wait';
  return anyPort ? 'any-port' : 'fail';
}

async function ownDatabase(
  config: Config,
  { log, signal, undo }: { log: Logger; signal: AbortSignal; undo: (step: () => Promise<unknown>) => void },
): Promise<OwnDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log, signal });
  let owned = false;
  // A PostgreSQL that another server uses must not be stopped.
  undo(async () => (owned ? await postgres.stop() : postgres.detach()));
  const ownership = await acquireOwnership(postgres.databaseUrl, log);
  owned = true;
  undo(() => ownership.release());
  return { databaseUrl: postgres.databaseUrl, outlived: postgres.adopted };
}
