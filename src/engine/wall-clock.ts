import { setTimeout as delay } from 'node:timers/promises';

/** NTP slews a clock by 0.5 ms a second; whoever sets it makes a step. */
const STEP_MS = 2_000;
const LOOK_MS = 1_000;

export interface WallClockWatch {
  stop(): Promise<void>;
}

/**
 * Compares this machine's clock with time as it passes, once a second, and tells when the clock was set. What waits for a
 * time of the wall clock would wait for as long as it was set back.
 * @param onStep is told by how many ms; one call ends before the next begins
 */
export function watchWallClock(onStep: (stepMs: number) => Promise<void>): WallClockWatch {
  const stopped = new AbortController();
  const offset = () => Date.now() - performance.now();

  async function run(): Promise<void> {
    let before = offset();
    while (!stopped.signal.aborted) {
      await delay(LOOK_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      const now = offset();
      const stepMs = Math.round(now - before);
      before = now;
      if (Math.abs(stepMs) > STEP_MS && !stopped.signal.aborted) await onStep(stepMs);
    }
  }
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
