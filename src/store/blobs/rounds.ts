import { setTimeout as delay } from 'node:timers/promises';

/** A store may be silent for two minutes. What it has not confirmed is asked for again by the next process. */
const STOP_WAITS_MS = 2_000;

export interface Rounds {
  stop(): Promise<void>;
}

interface RoundsOptions {
  everyMs: number;
  /** @returns whether there is more to be done at once */
  round: () => Promise<boolean>;
  failed: (error: unknown) => void;
}

/** Runs one round after the other until it is stopped; a stop waits for the round that is under way, but not for long. */
export function startRounds({ everyMs, round, failed }: RoundsOptions): Rounds {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    while (!signal.aborted) {
      const isMore = await round().catch((error) => {
        // Whoever stops takes the database away as well.
        if (!signal.aborted) failed(error);
        return false;
      });
      if (!isMore) await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await Promise.race([running, delay(STOP_WAITS_MS, undefined, { ref: false })]);
    },
  };
}
