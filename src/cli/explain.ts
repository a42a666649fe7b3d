import { relative, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { isEngineError } from '../engine/errors.ts';
import { FILE_REFUSALS } from '../failure.ts';
import { DatabaseUnfit } from '../postgres/start-check.ts';
import { findServer } from '../serve/address.ts';
import { createLog } from '../serve/log.ts';

const DATABASE_REFUSALS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of its host cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'its host cannot be reached',
  '28P01': 'it refuses the password',
  '28000': 'it refuses the user',
  '3D000': 'there is no database of that name',
};

/** Turns an error of the start into a sentence that names the setting and the reason. */
export async function explain(error: unknown, config: Config): Promise<unknown> {
  const sentence = await sentenceFor(error, config);
  return sentence === null ? error : new Error(sentence, { cause: error });
}

/** @throws Error that names the setting when the log file cannot be written */
export function openLog(config: Config, part: string): Logger {
  try {
    return createLog(config, part);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = FILE_REFUSALS[code] ?? code;
    throw new Error(`AFTERWORD_LOG_FILE: ${config.logFile} cannot be written (${why}).`, { cause: error });
  }
}

async function sentenceFor(error: unknown, config: Config): Promise<string | null> {
  if (isEngineError(error, 'already_running')) {
    const url = await findServer(config.dataDir);
    return `Afterword is already running on ${config.dataDir}${url ? `, at ${url}` : ''}.`;
  }
  if (error instanceof DatabaseUnfit) return error.message;
  const {
    code = '',
    path,
    syscall,
    hostname,
  } = (error ?? {}) as NodeJS.ErrnoException & { hostname?: string };
  if (code === 'EADDRINUSE') return `Port ${config.port} is taken. Choose another one with AFTERWORD_PORT.`;
  // A name that cannot be looked up is refused before anything is listened on.
  const isHost = syscall === 'getaddrinfo' && hostname === config.host;
  if (syscall === 'listen' || isHost) {
    const why = isHost ? 'its name cannot be looked up' : code === 'EACCES' ? 'permission denied' : code;
    return `The server cannot listen on port ${config.port} of ${config.host} (${why}). See AFTERWORD_PORT and AFTERWORD_HOST.`;
  }
  const refusal = DATABASE_REFUSALS[code];
  if (config.databaseUrl && refusal) {
    const { hostname, port, pathname } = new URL(config.databaseUrl);
    return `DATABASE_URL: the database ${hostname}:${port || 5432}${pathname} cannot be used: ${refusal}.`;
  }
  if (path === undefined || syscall === undefined) return null;
  const what = syscall === 'mkdir' ? 'cannot be created' : 'cannot be used';
  return `${variableOf(path, config)}: ${path} ${what} (${FILE_REFUSALS[code] ?? code}).`;
}

function variableOf(path: string, { blobs, logFile }: Config): string {
  const isIn = (folder: string | undefined) =>
    folder !== undefined && !relative(resolve(folder), resolve(path)).startsWith('..');
  if (isIn(logFile)) return 'AFTERWORD_LOG_FILE';
  return isIn(blobs) ? 'AFTERWORD_BLOBS' : 'AFTERWORD_DATA_DIR';
}
