/**
 * Overlapping audio of one microphone is heard once (DESIGN rule 5). Devices send the same minute twice with
 * other bytes: a file flushed early and again whole, a clock that was corrected between two transfers.
 *
 * Of two segments that share most of their time, the one of the recording that began earlier counts. The rule
 * looks at all segments there are and not at who came first, so any order of arrival hides the same ones.
 */
import { byTime, type TimelineSegment } from './silence.ts';

export interface RecordedSegment extends TimelineSegment {
  recordingId: string;
  recordingStartedAtMs: number;
  microphone: string;
}

/** A segment is a repetition when more than half of its time is covered: at a seam, both neighbours stay. */
const REPEATED_SHARE = 0.5;

/** Segments are looked up by the minute, so that a day of talk costs a day and not its square. */
const BUCKET_MS = 60_000;

/** The ids of the segments that repeat what another recording of the same microphone already says. */
export function findRepetitions(segments: readonly RecordedSegment[]): Set<string> {
  const hidden = new Set<string>();
  const keptByMinute = new Map<string, RecordedSegment[]>();
  for (const segment of [...segments].sort(byRecording)) {
    const minutes = minutesOf(segment);
    const covered = minutes.some((minute) =>
      keptByMinute.get(minute)?.some((other) => repeats(segment, other)),
    );
    if (covered) {
      hidden.add(segment.id);
      continue;
    }
    for (const minute of minutes) {
      const kept = keptByMinute.get(minute);
      if (kept) kept.push(segment);
      else keptByMinute.set(minute, [segment]);
    }
  }
  return hidden;
}

function repeats(segment: RecordedSegment, other: RecordedSegment): boolean {
  const durationMs = segment.endedAtMs - segment.startedAtMs;
  return other.recordingId !== segment.recordingId && overlapMs(other, segment) > REPEATED_SHARE * durationMs;
}

function minutesOf(segment: RecordedSegment): string[] {
  const minutes: string[] = [];
  const last = Math.floor(segment.endedAtMs / BUCKET_MS);
  for (let minute = Math.floor(segment.startedAtMs / BUCKET_MS); minute <= last; minute++) {
    minutes.push(`${segment.microphone}/${minute}`);
  }
  return minutes;
}

function byRecording(a: RecordedSegment, b: RecordedSegment): number {
  return (
    a.recordingStartedAtMs - b.recordingStartedAtMs ||
    (a.recordingId < b.recordingId ? -1 : a.recordingId > b.recordingId ? 1 : 0) ||
    byTime(a, b)
  );
}

function overlapMs(a: TimelineSegment, b: TimelineSegment): number {
  return Math.max(0, Math.min(a.endedAtMs, b.endedAtMs) - Math.max(a.startedAtMs, b.startedAtMs));
}
