/**
 * Says how long to wait for more uploads before the words at hand count as complete. Pure.
 * A phone sends a backlog file by file, or five by five. A conversation understood in the middle of it would be
 * understood again with every file. The wait counts from the last upload and not from its transcription, so it runs
 * during the transcription and is mostly over after it.
 */

/** After a longer pause the next upload is a new occasion. */
const LONGEST_GAP_MS = 10_000;
/** On a slow network an upload may take twice as long as the one before. */
const GAPS_WAITED = 2;

/**
 * @param acceptedAtMs times of uploads, the latest first; the first two count
 * @returns milliseconds from now; 0 if the wait is over
 */
export function debounceMs(acceptedAtMs: readonly number[], quietMs: number, nowMs: number): number {
  const [lastMs, beforeMs] = acceptedAtMs;
  if (lastMs === undefined || quietMs === 0) return 0;
  const gapMs = beforeMs === undefined ? Number.POSITIVE_INFINITY : lastMs - beforeMs;
  const waitMs = gapMs > LONGEST_GAP_MS ? quietMs : Math.max(quietMs, GAPS_WAITED * gapMs);
  // The clocks of two machines differ, so the wait is bounded in both directions.
  return Math.max(0, Math.min(waitMs, lastMs + waitMs - nowMs));
}
