/**
 * Splits segments into conversations: a conversation is a maximal run of segments without a silence of 120 s or more
 * (rule "Segments are facts, conversations are derived" in ARCHITECTURE.md). Pure: it does not depend on how or in
 * which order the segments came.
 */

/** Omi's figure: segments connect while the gap is under 120 s, and split at 120 s. */
export const SILENCE_THAT_SPLITS_MS = 120_000;

export interface TimelineSegment {
  id: string;
  startedAtMs: number;
  endedAtMs: number;
}

/** A total order, so that equal times cannot give two results. */
export function byTime(a: TimelineSegment, b: TimelineSegment): number {
  return (
    a.startedAtMs - b.startedAtMs || a.endedAtMs - b.endedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Splits segments into conversations, in order of time. */
export function splitAtSilence<S extends TimelineSegment>(segments: readonly S[]): S[][] {
  const runs: S[][] = [];
  // The latest end so far, not the last segment's: a long segment may outlast the short ones inside it.
  let heardUntilMs = Number.NEGATIVE_INFINITY;
  for (const segment of [...segments].sort(byTime)) {
    const run = runs.at(-1);
    if (run && segment.startedAtMs - heardUntilMs < SILENCE_THAT_SPLITS_MS) run.push(segment);
    else runs.push([segment]);
    heardUntilMs = Math.max(heardUntilMs, segment.endedAtMs);
  }
  return runs;
}
