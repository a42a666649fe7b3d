/**
 * Which conversation each segment falls into, and which conversations keep their name.
 *
 * Pure and complete: it is given every segment of a stretch of one timeline (new ones and old ones, hidden ones
 * too) and works the answer out from nothing but them. That is why the order of arrival cannot matter: the last
 * call has seen the same facts, whichever came last.
 */
import { FARTHEST_OFFSET_MS } from './copies.ts';
import { splitAtSilence, type TimelineSegment } from './silence.ts';

export interface PlacedSegment extends TimelineSegment {
  recordingId: string;
  /** Where it is now; null for a new segment and for a hidden one. */
  conversationId: string | null;
  /** The recording that says the same, when one does: then this segment belongs to no conversation. */
  repeats: string | null;
  /** It is in a language that was not understood: its words were never said, and belong to no conversation. */
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
  /** Whether the set of its segments is another than before. */
  changed: boolean;
}

export interface Timeline {
  placements: Placement[];
  /** Conversations that are no more, and the ones that they became part of. */
  merged: Map<string, string>;
  /** Conversations of which no word is left. */
  vanished: Set<string>;
}

/**
 * @param segments every segment of the stretch; a conversation is either wholly in it or not at all
 * @param conversations those that the segments are in now
 * @param newId names a conversation that did not exist
 */
export function placeOnTimeline(
  segments: readonly PlacedSegment[],
  conversations: readonly KnownConversation[],
  newId: () => string,
): Timeline {
  const runs = splitAtSilence(
    segments.filter((segment) => segment.repeats === null && !segment.isUnknownLanguage),
  );
  const hidden = segments.filter((segment) => segment.repeats !== null);
  // The earliest conversation's id survives; among equals the smallest id, so that there is one answer.
  const seniority = [...conversations].sort(
    (a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1),
  );
  const claimed = new Map<string, string>();
  const placements: Placement[] = [];

  for (const run of runs) {
    const startedAtMs = run[0]?.startedAtMs ?? 0;
    const endedAtMs = run.reduce((latest, segment) => Math.max(latest, segment.endedAtMs), 0);
    const inRun = new Set(run.map((segment) => segment.id));
    // A hidden segment has no place any more, but the conversation it was in goes on where its audio is heard. Their times
    // may lie apart as far as their clocks do.
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
