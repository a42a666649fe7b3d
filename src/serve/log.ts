import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** JSON lines on standard output, or in a file when standard output belongs to something else. */
export function createLog(config: Pick<Config, 'logLevel' | 'logFile'>, part: string): Logger {
  const options = {
    level: config.logLevel,
    base: { part, pid: process.pid },
    // A connection string holds a password, and a transcript is somebody's life: neither belongs into a log.
    redact: ['databaseUrl', '*.databaseUrl', 'authorization', '*.authorization', 'text', '*.text'],
  };
  // Synchronous: what a process said before it was killed is what one wants to read.
  return pino(options, destination({ dest: config.logFile ?? 1, mkdir: true, sync: true }));
}
