import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { codeOf } from '../engine/errors.ts';

const run = promisify(execFile);

export interface PostmasterFile {
  pid: number;
  port: number | undefined;
}

/** Reads PostgreSQL's own lock file: pid, data folder, start time, port, … one on each line. */
export async function readPostmasterFile(pgdata: string): Promise<PostmasterFile | undefined> {
  let text: string;
  try {
    text = await readFile(join(pgdata, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  // Negative while it is a single-user backend, for instance of initdb.
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid, port: Number.isSafeInteger(port) && port > 0 ? port : undefined };
}

/**
 * `alive`: this process is a PostgreSQL server of this very folder. `gone`: there is no such process, or it is a
 * zombie (which answers signal 0 and so fools PostgreSQL), or another program that got its number.
 * `unknown`: it exists but may not be looked at; PostgreSQL's own judgement stands then.
 */
export type ProcessState = 'alive' | 'gone' | 'unknown';

async function linuxState(pid: number, pgdata: string): Promise<ProcessState> {
  let status: string;
  try {
    status = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return exists(pid) ? 'unknown' : 'gone';
  }
  // "pid (name) state …": the name may itself contain parentheses.
  const state = status.slice(status.lastIndexOf(')') + 2)[0];
  if (state === 'Z' || state === 'X') return 'gone';
  // The server changes into its data folder, which also holds if the folder was renamed or reached by a link.
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (cwd !== undefined) return cwd === (await realpath(pgdata)) ? 'alive' : 'gone';
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command === '' ? 'unknown' : command.split('\0').includes(pgdata) ? 'alive' : 'gone';
}

async function otherState(pid: number, pgdata: string): Promise<ProcessState> {
  if (!exists(pid)) return 'gone';
  try {
    const { stdout } = await run('ps', ['-o', 'state=,command=', '-p', String(pid)]);
    const [, state, command] = /^\s*(\S+)\s+(.*)$/s.exec(stdout) ?? [];
    if (state === undefined || state.startsWith('Z')) return 'gone';
    return command?.includes(pgdata) ? 'alive' : 'gone';
  } catch {
    return 'unknown';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

export function postmasterState(pid: number, pgdata: string): Promise<ProcessState> {
  return process.platform === 'linux' ? linuxState(pid, pgdata) : otherState(pid, pgdata);
}

export interface Stoppable {
  pid: number;
  gone: Promise<string>;
}

/**
 * SIGINT is PostgreSQL's fast shutdown: roll back what is open, write a checkpoint, end. SIGQUIT ends at once and
 * replays its log at the next start. SIGKILL is for a server that is stopped or stuck in the kernel.
 */
const STEPS: { signal: NodeJS.Signals; waitMs: number }[] = [
  { signal: 'SIGINT', waitMs: 15_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

export async function shutDown(server: Stoppable, log: Logger): Promise<void> {
  for (const { signal, waitMs } of STEPS) {
    try {
      process.kill(server.pid, signal);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return;
      throw error;
    }
    const given = new AbortController();
    const ended = await Promise.race([
      server.gone.then(() => true),
      delay(waitMs, false, { signal: given.signal }).catch(() => false),
    ]);
    given.abort();
    if (ended) return;
    log.warn(
      { server: server.pid, signal, waitMs },
      `PostgreSQL did not stop within ${waitMs / 1000} s of ${signal}`,
    );
  }
  throw new Error(`PostgreSQL (process ${server.pid}) survived SIGKILL`);
}
