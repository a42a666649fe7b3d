/**
 * How long a sender is waited for before the words at hand count as all there are. Pure.
 *
 * A phone sends a backlog file by file, or five by five. Understood in the middle of it, a conversation would be
 * understood again with every file. What counts is the time since something new came, and not since it was worked
 * on: the wait runs while the words are still being transcribed, and is mostly over when they are.
 */

/** Who was silent for longer has not been in the middle of anything: what comes next is another occasion. */
const LONGEST_GAP_MS = 10_000;
/** A slow network makes an upload take twice as long as the one before. */
const GAPS_WAITED = 2;

/**
 * @param acceptedAtMs when uploads came, the latest first; the first two count
 * @returns milliseconds from now; 0 when the sender has been quiet for long enough
 */
export function quietInMs(acceptedAtMs: readonly number[], quietMs: number, nowMs: number): number {
  const [lastMs, beforeMs] = acceptedAtMs;
  if (lastMs === undefined || quietMs === 0) return 0;
  const gapMs = beforeMs === undefined ? Number.POSITIVE_INFINITY : lastMs - beforeMs;
  const waitMs = gapMs > LONGEST_GAP_MS ? quietMs : Math.max(quietMs, GAPS_WAITED * gapMs);
  // No longer than that either way: the clocks of two machines differ.
  return Math.max(0, Math.min(waitMs, lastMs + waitMs - nowMs));
}
