import { setTimeout as delay } from 'node:timers/promises';

/** A stop waits no longer than this for a store, which may be silent for minutes. The next process repeats the round. */
const STOP_WAITS_MS = 2_000;

export interface Rounds {
  stop(): Promise<void>;
}

interface RoundsOptions {
  everyMs: number;
  /** The pause before another round that should follow soon; without it there is none. */
  soonMs?: number;
  /** @returns whether another round should follow soon */
  round: () => Promise<boolean>;
  failed: (error: unknown) => void;
}

/** Runs one round after the other until it is stopped; a stop waits for the round that is under way, but not for long. */
export function startRounds({ everyMs, soonMs = 0, round, failed }: RoundsOptions): Rounds {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    while (!signal.aborted) {
      const isMore = await round().catch((error) => {
        // After a stop the database is closed, so a failure then means nothing.
        if (!signal.aborted) failed(error);
        return false;
      });
      const pauseMs = isMore ? soonMs : everyMs;
      if (pauseMs > 0) await delay(pauseMs, undefined, { signal, ref: false }).catch(() => {});
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
