import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { makeFolderSync } from '../folders.ts';
import { describeError, wordFreeMessage } from '../word-free.ts';

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

/**
 * A file for the log that several processes write and that is bounded. Each line is written at once and not buffered,
 * because what a process said before it was killed is what one wants to read. The libraries that rotate write later, or
 * keep count of what one process writes alone.
 */

interface LogFileOptions {
  path: string;
  maxBytes: number;
}

/** Older files, `path.1` the youngest: with the one that is written, five times `maxBytes` in all. */
const KEPT = 4;

/**
 * Whoever finds the file full moves it away, and the other processes see at their next line that its name is another
 * file's by now. Two that find it full at the same moment move two files, of which one is short.
 */
function openLogFile({ path, maxBytes }: LogFileOptions): { write(line: string): void } {
  makeFolderSync(dirname(path));
  let fd = openSync(path, 'a');

  const follow = (bytes: number): void => {
    const there = statSync(path, { throwIfNoEntry: false });
    const isFull = there !== undefined && there.size > 0 && there.size + bytes > maxBytes;
    if (isFull) moveAway(path);
    else if (there?.ino === fstatSync(fd).ino) return;
    const next = openSync(path, 'a');
    closeSync(fd);
    fd = next;
  };

  return {
    write(line) {
      try {
        follow(Buffer.byteLength(line));
        writeSync(fd, line);
      } catch {
        // A disk that is full must not stop the work as well.
      }
    },
  };
}

function moveAway(path: string): void {
  for (let n = KEPT - 1; n >= 0; n--) {
    try {
      renameSync(n === 0 ? path : `${path}.${n}`, `${path}.${n + 1}`);
    } catch {
      // There is none of that age yet, or another process was faster.
    }
  }
}
