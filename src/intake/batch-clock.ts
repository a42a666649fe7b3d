/**
 * Says how far the clock of a recorder is ahead. Pure.
 * A recording that begins in the future was made by a wrong clock. The files of a batch come from one recorder, so all of
 * them are shifted by the same time: shifted one by one, they would lie on top of each other. Omi's server takes the time
 * at which the newest sound ends as the present.
 */
import { FUTURE_SKEW_MS } from './claim.ts';

export interface ClockedFile {
  /** By the recorder's clock. */
  startedAtMs: number;
  lengthMs: number;
}

export interface EarlierShift {
  claimedAtMs: number;
  shiftMs: number;
}

/** The same clock: a recorder that was offline for longer may have been set meanwhile. */
const SAME_CLOCK_MS = 86_400_000;

/**
 * @param earlier what was found for the batch before. The next one has the same clock, and its files lie between those of
 * the batch before only if they are shifted by the same time.
 * @returns 0 for a clock that can be believed
 */
export function clockShiftMs(
  files: readonly ClockedFile[],
  earlier: EarlierShift | null,
  nowMs: number,
): number {
  const newestMs = files.reduce((newest, file) => Math.max(newest, file.startedAtMs), 0);
  if (newestMs <= nowMs + FUTURE_SKEW_MS) return 0;
  if (
    earlier &&
    Math.abs(newestMs - earlier.claimedAtMs) <= SAME_CLOCK_MS &&
    newestMs - earlier.shiftMs <= nowMs + FUTURE_SKEW_MS
  )
    return earlier.shiftMs;
  const endMs = files.reduce((end, file) => Math.max(end, file.startedAtMs + file.lengthMs), 0);
  return Math.round(endMs - nowMs);
}
