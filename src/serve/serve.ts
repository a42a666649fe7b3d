/**
 * All of Afterword on one machine: a parent without work of its own, which starts the api, a worker and PostgreSQL
 * (embedded, unless DATABASE_URL names one) as children and starts again what dies. No request and no recording runs
 * in it, so that nothing that comes from outside can end it, and with it everything.
 */
import { once } from 'node:events';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { acquireOwnership } from '../embedded-postgres/ownership.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/start.ts';
import { announce } from './address.ts';
import { type Child, superviseChild } from './child.ts';
import { stopper } from './stopper.ts';

/** Beyond the worker's own drain, for closing what it has open; then it is killed, and its lease hands the work over. */
const STOP_MARGIN_MS = 5_000;

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Take any free port when the configured one is busy. */
  anyPort?: boolean;
  /** Calls the start off; then it throws, and nothing runs. */
  signal?: AbortSignal;
}

interface OwnDatabase {
  databaseUrl: string;
  /** A server of ours was killed on this folder, and PostgreSQL outlived it: its other children may still be ending. */
  outlived: boolean;
}

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
      DATABASE_URL: databaseUrl,
      AFTERWORD_DATA_DIR: config.dataDir,
      AFTERWORD_BLOBS: config.blobs ?? '',
      ...(config.logFile ? { AFTERWORD_LOG_FILE: config.logFile } : {}),
    };
    const stopWithinMs = config.drainMs + STOP_MARGIN_MS;
    // Its clients know its address: whatever port the first one got, the next ones have the same.
    let port: string | undefined;
    const api = superviseChild({
      name: 'Api',
      command: () => ({
        args: ['api', '--when-taken', whenTaken({ anyPort, outlived, isFirst: port === undefined })],
        env: { ...environment, ...(port ? { AFTERWORD_PORT: port } : {}) },
        // Request bodies pass through young memory: at Node's default it grows by 48 MB under load, and stays so.
        execArgv: ['--max-semi-space-size=1'],
      }),
      stopWithinMs,
      log,
    });
    children.push(api);
    children.push(
      superviseChild({
        name: 'Worker',
        command: () => ({ args: ['worker'], env: environment }),
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
  // One that another server works with is not ours to stop.
  undo(async () => (owned ? await postgres.stop() : postgres.detach()));
  const ownership = await acquireOwnership(postgres.databaseUrl, log);
  owned = true;
  undo(() => ownership.release());
  return { databaseUrl: postgres.databaseUrl, outlived: postgres.adopted };
}
