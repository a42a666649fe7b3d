import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { makeFolderSync } from '../folders.ts';
import { describeError, wordFreeMessage } from '../word-free.ts';

/** Makes the log: JSON lines on standard output, or in a file if standard output is used for something else. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'logFile' | 'logFileBytes'>,
  part: string,
): Logger {
  const withStack = config.logLevel === 'debug' || config.logLevel === 'trace';
  const options = {
    level: config.logLevel,
    base: { part, pid: process.pid },
    // Connection strings hold passwords, and texts may be transcripts. The log must contain neither.
    redact: ['databaseUrl', '*.databaseUrl', 'authorization', '*.authorization', 'text', '*.text'],
    serializers: { err: (error: unknown) => describeError(error, withStack) },
    hooks: { logMethod },
  };
  const { logFile: path, logFileBytes: maxBytes } = config;
  // Lines are written synchronously, because the last lines before a kill are the ones that are needed.
  const to = path ? openLogFile({ path, maxBytes }) : destination({ dest: 1, sync: true });
  return pino(options, to);
}

/** Removes the messages of errors, which may hold spoken words. Libraries log an error by itself, or its message as the line. */
function logMethod(this: Logger, given: Parameters<pino.LogFn>, method: pino.LogFn): void {
  const [first, line] = given as unknown[];
  const error = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err;
  if (error instanceof Error && (first === error || line === error.message))
    method.call(this, { ...(first === error ? {} : (first as object)), err: error }, wordFreeMessage(error));
  else method.apply(this, given);
}

/**
 * Writes a bounded log file that several processes share. Each line is written at once and not buffered, because the last
 * lines before a kill are the ones that are needed. The libraries that rotate write later, or count one process's bytes only.
 */

interface LogFileOptions {
  path: string;
  maxBytes: number;
}

/** So many older files are kept, `path.1` is the youngest. With the current one they take five times `maxBytes`. */
const KEPT = 4;

/**
 * The process that finds the file full renames it. The others see at their next line that the name now belongs to another
 * file. If two find it full at the same moment, two files are renamed, of which one is short.
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
        // A full disk must not stop the work too, so the line is lost.
      }
    },
  };
}

function moveAway(path: string): void {
  for (let n = KEPT - 1; n >= 0; n--) {
    try {
      renameSync(n === 0 ? path : `${path}.${n}`, `${path}.${n + 1}`);
    } catch {
      // No file has that age yet, or another process was faster.
    }
  }
}
