import { type Config, readConfig } from '../config.ts';
import { isEngineError } from '../engine/errors.ts';
import { findServer } from '../serve/address.ts';
import { createLog } from '../serve/log.ts';
import { serve } from '../serve/serve.ts';
import { stopGracefully } from './stop.ts';

export type Role = 'all' | 'api' | 'worker';

export async function runServe({ role }: { role: Role }): Promise<void> {
  const config = readConfig(process.env);
  if (role !== 'all' && !config.databaseUrl) {
    throw new Error(`--role ${role} needs DATABASE_URL: the embedded database serves one machine.`);
  }
  if (role === 'worker') return await (await import('./worker.ts')).runWorker();
  const log = createLog(config, 'api');
  const server = await serve(config, log, { worker: role === 'all' }).catch(async (error) => {
    throw await explain(error, config);
  });
  if (process.stdout.isTTY)
    console.error(`\n  Afterword is listening on ${server.url}  (its API: ${server.url}/docs)\n`);
  stopGracefully(config, async () => await server.stop());
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
