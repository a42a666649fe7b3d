import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { codeOf } from '../engine/errors.ts';

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
    log.warn({ server: server.pid, signal, waitMs }, 'PostgreSQL has not stopped, insisting');
  }
  throw new Error(`PostgreSQL (process ${server.pid}) survived SIGKILL`);
}
