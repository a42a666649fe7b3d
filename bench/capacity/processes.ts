/** The processor time that a server's processes have taken, read from /proc: on Linux only. */
import { readFile } from 'node:fs/promises';
import { descendants } from '../process-memory.ts';

export interface CpuTime {
  apiMs: number;
  workerMs: number;
  postgresMs: number;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

export async function cpuTime(serverPid: number): Promise<CpuTime> {
  const time = { apiMs: 0, workerMs: 0, postgresMs: 0 };
  for (const pid of await descendants(serverPid)) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name in parentheses may hold spaces; user and system time are the 14th and 15th field of the whole line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A backend that ended is in its parent's times of waited-for children, the 16th and 17th.
    const isPostgres = command[0]?.includes('postgres') === true;
    const ticks = fields.slice(11, isPostgres ? 15 : 13).reduce((sum, field) => sum + Number(field), 0);
    if (command.includes('api')) time.apiMs += ticks * TICK_MS;
    else if (command.includes('worker')) time.workerMs += ticks * TICK_MS;
    else if (isPostgres) time.postgresMs += ticks * TICK_MS;
  }
  return time;
}
