/**
 * Decides which conversation each segment belongs to, and which conversations keep their id. Pure.
 * It gets every segment of a time range of one timeline (new, old and hidden ones) and derives the answer from them
 * alone. So the order of arrival cannot matter: the last call has seen the same facts, whichever came last.
 */
import { FARTHEST_OFFSET_MS } from './copies.ts';
import { type Forced, splitAsDecided } from './forced.ts';
import type { TimelineSegment } from './silence.ts';

export interface PlacedSegment extends TimelineSegment {
  recordingId: string;
  /** Its present conversation; null for a new and for a hidden segment. */
  conversationId: string | null;
  /** The recording that contains the same words, if any: then this segment belongs to no conversation. */
  repeats: string | null;
  /** It is in an unknown language: its words were never said, and belong to no conversation. */
  isUnknownLanguage?: boolean;
}

export interface KnownConversation {
  id: string;
  startedAtMs: number;
}

export interface Placement {
  conversationId: string;
  isNew: boolean;
  startedAtMs: number;
  endedAtMs: number;
  segmentIds: string[];
  /** Whether its set of segments has changed. */
  changed: boolean;
}

export interface Timeline {
  placements: Placement[];
  /** Conversations that no longer exist, and the ones that they were merged into. */
  merged: Map<string, string>;
  /** Conversations without any words left. */
  vanished: Set<string>;
}

/**
 * @param segments every segment of the time range; a conversation is either completely in it or not at all
 * @param conversations the present conversations of the segments
 * @param newId makes an id for a new conversation
 * @param forced what its person decided about the borders of conversations, in the order of the decisions
 */
export function placeOnTimeline(
  segments: readonly PlacedSegment[],
  conversations: readonly KnownConversation[],
  newId: () => string,
  forced: readonly Forced[] = [],
): Timeline {
  const shown = segments.filter((segment) => segment.repeats === null && !segment.isUnknownLanguage);
  const runs = splitAsDecided(shown, segments, forced);
  const hidden = segments.filter((segment) => segment.repeats !== null);
  // The earliest conversation's id stays; of equal ones the smallest id, so that the result is unique.
  const seniority = [...conversations].sort(
    (a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1),
  );
  const claimed = new Map<string, string>();
  const placements: Placement[] = [];

  for (const run of runs) {
    const startedAtMs = run[0]?.startedAtMs ?? 0;
    const endedAtMs = run.reduce((latest, segment) => Math.max(latest, segment.endedAtMs), 0);
    const inRun = new Set(run.map((segment) => segment.id));
    // A hidden segment has no conversation any more, but its former conversation continues where its audio is shown.
    // Their times may differ as much as the clocks.
    const speaking = new Set(run.map((segment) => segment.recordingId));
    const nowHidden = hidden.filter(
      ({ repeats, ...segment }) =>
        speaking.has(repeats ?? '') &&
        segment.startedAtMs < endedAtMs + FARTHEST_OFFSET_MS &&
        segment.endedAtMs > startedAtMs - FARTHEST_OFFSET_MS,
    );
    const before = new Set([...run, ...nowHidden].map((segment) => segment.conversationId));
    const heirs = seniority.filter((known) => before.has(known.id) && !claimed.has(known.id));
    const conversationId = heirs[0]?.id ?? newId();
    for (const heir of heirs) claimed.set(heir.id, conversationId);
    const joined = run.some((segment) => segment.conversationId !== conversationId);
    const left = segments.some(
      (segment) => segment.conversationId === conversationId && !inRun.has(segment.id),
    );
    placements.push({
      conversationId,
      isNew: heirs.length === 0,
      startedAtMs,
      endedAtMs,
      segmentIds: [...inRun],
      changed: joined || left,
    });
  }

  const merged = new Map([...claimed].filter(([id, survivor]) => id !== survivor));
  const vanished = new Set(conversations.map(({ id }) => id).filter((id) => !claimed.has(id)));
  return { placements, merged, vanished };
}
