/**
 * Decides between which recordings of a microphone somebody's words go on: recorders cut by the clock and not at a pause.
 * What touches such a border is heard again together with what touches it from the other side. Every recording keeps its
 * own words; while its border is heard across, those next to the border are covered. Pure, and decided from all recordings
 * around, so that the order of arrival does not matter.
 */

/** One end of a recording, in milliseconds of the recording. */
export interface RecordingEnd {
  /** How far from the end of the recording the sound reaches that is heard with the other recording. */
  reachMs: number;
  /** From the end of the recording to its nearest speech; null where nobody speaks near it. */
  gapMs: number | null;
  /** How much of it is speech. */
  speechMs: number;
}

export interface HeardRecording {
  id: string;
  /** Decides between recordings that fit equally well, since no random id may. */
  contentHash: string;
  startedAtMs: number;
  /** By its samples. */
  lengthMs: number;
  /** null: it is not known what is there. */
  head: RecordingEnd | null;
  tail: RecordingEnd | null;
}

export interface Border {
  leftId: string;
  rightId: string;
}

/** Names tell whole seconds, which are rounded down: two files that follow each other seem up to a second apart. */
const BY_SECONDS_MS = 1_200;
/** Clocks that tell milliseconds are read when a file begins. */
const BY_MILLISECONDS_MS = 300;
/** Who speaks right up to the end may be cut off within a word, of which the other file has too little to be found. */
const CUT_OFF_MS = 100;

/** The farthest that the end of a recording and the beginning of the next one may lie apart. */
export const FARTHEST_MS = BY_SECONDS_MS;

/**
 * Finds the borders of this recording that are to be heard across.
 * @param recordings all of its microphone, it among them, that begin or end within twice {@link FARTHEST_MS} of its ends
 */
export function bordersOf(id: string, recordings: readonly HeardRecording[]): Border[] {
  const self = recordings.find((recording) => recording.id === id);
  if (!self) return [];
  const before = bestOf(self, recordings, gapBetween);
  const after = bestOf(self, recordings, (one, other) => gapBetween(other, one));
  const found: Border[] = [];
  // Of two that are the same sound only one goes on: both sides must be the best for each other.
  if (before && bestOf(before, recordings, (one, other) => gapBetween(other, one)) === self) {
    if (isSpokenAcross(before, self)) found.push({ leftId: before.id, rightId: id });
  }
  if (after && bestOf(after, recordings, gapBetween) === self) {
    if (isSpokenAcross(self, after)) found.push({ leftId: id, rightId: after.id });
  }
  return found;
}

/** Somebody speaks on both sides, or is cut off on one. In silence nothing is heard. */
function isSpokenAcross(left: HeardRecording, right: HeardRecording): boolean {
  if (!left.tail || !right.head) return false;
  const [before, after] = [left.tail.gapMs, right.head.gapMs];
  if (before !== null && after !== null) return true;
  return (
    (before ?? Number.POSITIVE_INFINITY) <= CUT_OFF_MS || (after ?? Number.POSITIVE_INFINITY) <= CUT_OFF_MS
  );
}

/** @returns milliseconds between the end of the one before and the beginning of this one; null if it is none */
function gapBetween(right: HeardRecording, left: HeardRecording): number | null {
  if (left === right || left.startedAtMs >= right.startedAtMs) return null;
  const apartMs = Math.abs(left.startedAtMs + left.lengthMs - right.startedAtMs);
  const isExact = left.startedAtMs % 1000 !== 0 && right.startedAtMs % 1000 !== 0;
  return apartMs <= (isExact ? BY_MILLISECONDS_MS : BY_SECONDS_MS) ? apartMs : null;
}

function bestOf(
  self: HeardRecording,
  recordings: readonly HeardRecording[],
  gap: (self: HeardRecording, other: HeardRecording) => number | null,
): HeardRecording | null {
  let best: { recording: HeardRecording; apartMs: number } | null = null;
  for (const recording of recordings) {
    const apartMs = gap(self, recording);
    if (apartMs === null) continue;
    if (!best || apartMs < best.apartMs || (apartMs === best.apartMs && isFirst(recording, best.recording)))
      best = { recording, apartMs };
  }
  return best?.recording ?? null;
}

function isFirst(one: HeardRecording, other: HeardRecording): boolean {
  if (one.startedAtMs !== other.startedAtMs) return one.startedAtMs < other.startedAtMs;
  return one.contentHash !== other.contentHash ? one.contentHash < other.contentHash : one.id < other.id;
}
