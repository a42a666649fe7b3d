import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { describeError, wordFreeMessage } from '../word-free.ts';
import { openLogFile } from './log-file.ts';

/** JSON lines on standard output, or in a file when standard output belongs to something else. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'logFile' | 'logFileBytes'>,
  part: string,
): Logger {
  const withStack = config.logLevel === 'debug' || config.logLevel === 'trace';
  const options = {
    level: config.logLevel,
    base: { part, pid: process.pid },
    // A connection string holds a password, and a transcript is somebody's life: neither belongs into a log.
    redact: ['databaseUrl', '*.databaseUrl', 'authorization', '*.authorization', 'text', '*.text'],
    serializers: { err: (error: unknown) => describeError(error, withStack) },
    hooks: { logMethod },
  };
  const { logFile: path, logFileBytes: maxBytes } = config;
  // Synchronous: what a process said before it was killed is what one wants to read.
  const to = path ? openLogFile({ path, maxBytes }) : destination({ dest: 1, sync: true });
  return pino(options, to);
}

/** Libraries log an error by itself, or its message as the line: both would put the message of any error into the log. */
function logMethod(this: Logger, given: Parameters<pino.LogFn>, method: pino.LogFn): void {
  const [first, line] = given as unknown[];
  const error = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err;
  if (error instanceof Error && (first === error || line === error.message))
    method.call(this, { ...(first === error ? {} : (first as object)), err: error }, wordFreeMessage(error));
  else method.apply(this, given);
}
