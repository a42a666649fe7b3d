import closeWithGrace from 'close-with-grace';
import { type Config, readConfig } from '../config.ts';
import { isEngineError } from '../engine/errors.ts';
import { findServer } from '../serve/address.ts';
import { createLog } from '../serve/log.ts';
import { serve } from '../serve/serve.ts';
import { startWorker } from '../serve/worker.ts';

/** What stopping may take beyond the worker's drain, before the process ends itself. */
const GRACE_MS = 15_000;

export async function runServe(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config, 'api');
  const server = await serve(config, log).catch(async (error) => {
    throw await explain(error, config);
  });
  if (process.stdout.isTTY)
    console.error(`\n  Afterword is listening on ${server.url}  (its API: ${server.url}/docs)\n`);
  stopGracefully(config, async () => await server.stop());
}

export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (!databaseUrl) throw new Error('A worker needs DATABASE_URL.');
  const log = createLog(config, 'worker');
  // Ctrl-C reaches the whole process group; the server tells its worker when it is its turn.
  process.on('SIGINT', () => {});
  // A server that was killed cannot tell: the broken channel does. What runs is finished, or handed over.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const worker = await startWorker({ ...config, databaseUrl }, log);
  stopGracefully(config, async () => await worker.stop(), ['SIGINT']);
}

/** SIGTERM and Ctrl-C stop in order; a second one ends at once. */
export function stopGracefully(
  config: Config,
  stop: () => Promise<void>,
  skip: closeWithGrace.AllEvents[] = [],
): void {
  closeWithGrace({ delay: config.drainMs + GRACE_MS, logger: false, skip }, async ({ err }) => {
    if (err) console.error(err);
    await stop();
  });
}

/** The two failures that a newcomer meets, in words. */
export async function explain(error: unknown, config: Config): Promise<unknown> {
  if (isEngineError(error, 'already_running')) {
    const url = await findServer(config.dataDir);
    return new Error(`Afterword is already running on ${config.dataDir}${url ? `, at ${url}` : ''}.`, {
      cause: error,
    });
  }
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return new Error(`Port ${config.port} is taken. Choose another one with AFTERWORD_PORT.`, {
      cause: error,
    });
  }
  return error;
}
