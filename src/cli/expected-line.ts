/** Says in a few words when something is expected to be done. */
import type { Expected } from '../estimate/expected.ts';

const UNKNOWN = {
  no_worker: 'no worker is running',
  worker_lost: 'its worker has ended, and another one takes it over',
} as const;

/** @returns null once it is done */
export function expectedLine(expected: Expected, nowMs = Date.now()): string | null {
  if (!expected) return null;
  const { place, share, doneAtMs, latestAtMs, usualError, unknown } = expected;
  const done = share > 0 && share < 1 ? `${Math.round(share * 100)} % transcribed` : null;
  const line = place === null ? null : `number ${place} in the queue`;
  const time =
    doneAtMs === null || latestAtMs === null
      ? UNKNOWN[unknown ?? 'no_worker']
      : `done in about ${lengthOf(doneAtMs - nowMs)}, ${lengthOf(latestAtMs - nowMs)} at the latest`;
  const error =
    doneAtMs === null
      ? null
      : usualError === null
        ? 'a guess, since little was measured here yet'
        : `such times were off by ${Math.round(usualError * 100)} %`;
  return [line, done, time, error].filter((part) => part !== null).join(', ');
}

function lengthOf(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
