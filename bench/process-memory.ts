/** What the processes of a server hold in memory, read from /proc: on Linux only. */
import { readFile } from 'node:fs/promises';

export interface ResidentMemory {
  api: number;
  worker: number;
  /** Both, the parent and PostgreSQL. Pages that processes share count once for each. */
  tree: number;
}

/** @returns resident megabytes of a server and of all processes below it */
export async function residentMemory(serverPid: number): Promise<ResidentMemory> {
  const memory = { api: 0, worker: 0, tree: 0 };
  for (const pid of await descendants(serverPid)) {
    const mb = await residentMb(pid);
    memory.tree += mb;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (command.includes('api')) memory.api += mb;
    if (command.includes('worker')) memory.worker += mb;
  }
  return memory;
}

export async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(
    children
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((child) => descendants(Number(child))),
  );
  return [pid, ...below.flat()];
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
