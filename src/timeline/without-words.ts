/** Finds times with speech but without words. Pure: times in, times out. */
interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** Shorter gaps between words are a speaker's breath. */
const LEAST_MS = 500;

/** The parts of a piece of speech that no segment covers. */
function gapsIn(piece: TimeSpan, segments: readonly TimeSpan[]): TimeSpan[] {
  const gaps: TimeSpan[] = [];
  let heardUntilMs = piece.fromMs;
  const byStart = [...segments].sort((a, b) => a.fromMs - b.fromMs);
  for (const { fromMs, toMs } of [...byStart, { fromMs: piece.toMs, toMs: piece.toMs }]) {
    if (fromMs - heardUntilMs >= LEAST_MS) gaps.push({ fromMs: heardUntilMs, toMs: fromMs });
    heardUntilMs = Math.max(heardUntilMs, toMs);
  }
  return gaps;
}

export function lengthOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** A transcriber reports that part of a piece stayed without words. Deleted words do not count as missing. */
const LOST_PART = 'lost_part';

interface HeardPiece {
  start_ms: number;
  end_ms: number;
  segments: readonly { startMs: number; endMs: number }[];
  guards: readonly string[];
  unintelligible: boolean;
  /** The silences that were cut out of it. */
  pauses?: readonly TimeSpan[] | null;
}

/** Times from the start of the recording. */
export function gapsOf({
  start_ms,
  end_ms,
  segments,
  guards,
  unintelligible,
  pauses,
}: HeardPiece): TimeSpan[] {
  if (guards.includes('deleted') || !(unintelligible || guards.includes(LOST_PART))) return [];
  const said = segments.map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));
  return gapsIn({ fromMs: start_ms, toMs: end_ms }, [...said, ...(pauses ?? [])]);
}
