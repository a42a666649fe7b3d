import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CallerMessage, CallerOptions } from './fixtures/caller.ts';

const FILE = fileURLToPath(new URL('./fixtures/caller.ts', import.meta.url));

export interface Caller {
  /** How often each outcome came. */
  readonly outcomes: Map<string, number>;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Processes that call a provider as fast as its limit lets them. */
export function startCaller(options: CallerOptions): Caller {
  const child: ChildProcess = fork(FILE, [JSON.stringify(options)], { execArgv: [] });
  const outcomes = new Map<string, number>();
  child.on('message', ({ outcome }: CallerMessage) =>
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
  );
  const exited = once(child, 'exit');
  return {
    outcomes,
    async stop() {
      if (child.connected) child.send('stop');
      await exited;
    },
    async kill(signal) {
      child.kill(signal);
      if (signal === 'SIGKILL') await exited;
    },
  };
}
