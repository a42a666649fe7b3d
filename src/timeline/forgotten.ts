/**
 * Decides whether words were deleted before. Pure. No deleted word is kept, only when it was said, so times decide. All
 * times count from the start of the recording in question.
 */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

export interface Forgotten {
  /** Deleted from this recording. */
  own: readonly TimeRange[];
  /** Deleted from other recordings of the same microphone at that time: this one may be a copy of them. */
  others: readonly TimeRange[];
  /** Words of this recording that are kept: where a person has split a conversation they lie right beside deleted ones. */
  kept?: readonly TimeRange[];
}

/**
 * Transcribed again, the same audio may begin earlier or end later, and may have additional soft words; all of these
 * were part of the deleted conversation. Words that were kept are 120 s or more away from it, or are known as kept.
 */
export const AROUND_OWN_MS = 30_000;
/** The same words begin and end somewhat otherwise when they are heard again. A line that has more of what was deleted goes. */
const RECUT_MS = 500;
/** As with copies that both exist: at a seam between two files, both neighbours stay. */
const COPIED_SHARE = 0.5;

export function isForgotten(said: TimeRange, { own, others, kept = [] }: Forgotten): boolean {
  const half = COPIED_SHARE * (said.toMs - said.fromMs);
  const isKept = coveredMs(said, kept) > half && coveredMs(said, own) <= RECUT_MS;
  if (!isKept && own.some((span) => touches(said, wide(span)))) return true;
  return coveredMs(said, others) > half;
}

/** Says whether everything in this time range was deleted, so that it need not be transcribed. */
export function isWhollyForgotten(stretch: TimeRange, { own, others, kept = [] }: Forgotten): boolean {
  const isKept = kept.some((span) => touches(stretch, span) && !isForgotten(span, { own, others, kept }));
  return !isKept && coveredMs(stretch, [...own.map(wide), ...others]) >= stretch.toMs - stretch.fromMs;
}

function wide({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: fromMs - AROUND_OWN_MS, toMs: toMs + AROUND_OWN_MS };
}

function touches(a: TimeRange, b: TimeRange): boolean {
  return a.fromMs < b.toMs && a.toMs > b.fromMs;
}

/** Milliseconds of a range that the spans cover together; spans may overlap. */
function coveredMs({ fromMs, toMs }: TimeRange, spans: readonly TimeRange[]): number {
  let covered = 0;
  let untilMs = fromMs;
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const from = Math.max(span.fromMs, untilMs);
    const to = Math.min(span.toMs, toMs);
    if (to <= from) continue;
    covered += to - from;
    untilMs = to;
  }
  return covered;
}
