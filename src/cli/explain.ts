import type { Config } from '../config.ts';
import { isEngineError } from '../engine/errors.ts';
import { findServer } from '../serve/address.ts';

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
