/**
 * Whether something that is heard was deleted before. Pure. Of what was deleted no word is kept, only when it was said,
 * so times decide. All times count from the start of the recording in question.
 */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

export interface Forgotten {
  /** Deleted of this very recording. */
  own: readonly TimeRange[];
  /** Deleted of others that the same microphone made at that time: this one may be a copy of them. */
  others: readonly TimeRange[];
}

/**
 * Heard again, the same sound may begin earlier or end later, and words may be found beside it that were too soft
 * before; all of these were part of the deleted conversation. Whatever was kept is 120 s or more away from it.
 */
const AROUND_OWN_MS = 30_000;
/** As among copies that are both there: at a seam between two files, both neighbours stay. */
const COPIED_SHARE = 0.5;

export function isForgotten(said: TimeRange, { own, others }: Forgotten): boolean {
  if (own.some((span) => said.fromMs < span.toMs + AROUND_OWN_MS && said.toMs > span.fromMs - AROUND_OWN_MS))
    return true;
  return coveredMs(said, others) > COPIED_SHARE * (said.toMs - said.fromMs);
}

/** Whether nothing in this stretch can be anything else: then nobody needs to hear it. */
export function isWhollyForgotten(stretch: TimeRange, { own, others }: Forgotten): boolean {
  const wide = own.map((span) => ({ fromMs: span.fromMs - AROUND_OWN_MS, toMs: span.toMs + AROUND_OWN_MS }));
  return coveredMs(stretch, [...wide, ...others]) >= stretch.toMs - stretch.fromMs;
}

/** How much of a range the spans cover together; they may overlap one another. */
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
