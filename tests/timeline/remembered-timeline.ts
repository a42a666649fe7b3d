/** A timeline as a database would keep it, and random recordings to feed it with. */
import fc from 'fast-check';
import { findRepetitions, type RecordedSegment } from '../../src/timeline/deduplicate.ts';
import type { Forced } from '../../src/timeline/forced.ts';
import { type KnownConversation, type PlacedSegment, placeOnTimeline } from '../../src/timeline/place.ts';

export type Fact = RecordedSegment;

/** What is said twice is decided over all that has arrived, and placed with it. */
export function withRepetitions(
  facts: readonly Fact[],
  homeOf: (id: string) => string | null = () => null,
): PlacedSegment[] {
  const repeats = new Map(
    findRepetitions(facts)
      .toReversed()
      .map(({ segmentId, recordingId }) => [segmentId, recordingId]),
  );
  return facts.map(({ id, startedAtMs, endedAtMs, recordingId }) => ({
    id,
    startedAtMs,
    endedAtMs,
    recordingId,
    conversationId: homeOf(id),
    repeats: repeats.get(id) ?? null,
  }));
}

/** A timeline as a database would keep it, fed one recording at a time; the pure rule decides, this only remembers. */
export class RememberedTimeline {
  facts: Fact[] = [];
  segments: PlacedSegment[] = [];
  conversations: KnownConversation[] = [];
  merged = new Map<string, string>();
  forced: Forced[] = [];
  #next = 1;

  arrive(facts: readonly Fact[]): void {
    this.facts.push(...facts);
    this.#place();
  }

  decide(...forced: readonly Forced[]): void {
    this.forced.push(...forced);
    this.#place();
  }

  #place(): void {
    const homes = new Map(this.segments.map(({ id, conversationId }) => [id, conversationId]));
    this.segments = withRepetitions(this.facts, (id) => homes.get(id) ?? null);
    const { placements, merged } = placeOnTimeline(
      this.segments,
      this.conversations,
      () => `c${this.#next++}`,
      this.forced,
    );
    const home = new Map(
      placements.flatMap((p) => p.segmentIds.map((id) => [id, p.conversationId] as const)),
    );
    this.segments = this.segments.map((segment) => ({
      ...segment,
      conversationId: home.get(segment.id) ?? null,
    }));
    this.conversations = placements.map((p) => ({ id: p.conversationId, startedAtMs: p.startedAtMs }));
    for (const [id, survivor] of merged) this.merged.set(id, survivor);
  }

  /** What a reader sees: the segments of each conversation, in order of time. */
  shape(): string[] {
    const byConversation = Map.groupBy(
      this.segments.filter((segment) => segment.conversationId !== null),
      (segment) => segment.conversationId,
    );
    return [...byConversation.values()]
      .map((group) =>
        group
          .map((segment) => segment.id)
          .sort()
          .join(' '),
      )
      .sort();
  }
}

export function segment(
  id: string,
  startS: number,
  endS: number,
  recording = id,
  microphone = 'omi',
  fileStartS = startS,
  text = id,
): Fact {
  return {
    id,
    startedAtMs: startS * 1000,
    endedAtMs: endS * 1000,
    recordingId: recording,
    recordingStartedAtMs: fileStartS * 1000,
    contentHash: `hash of ${recording}`,
    microphone,
    text,
    words: null,
  };
}

/** What is said at each second of the day: a recording says what its own clock's second names, or something of its own. */
const saidAt = (startS: number, endS: number, own: string): string =>
  Array.from({ length: (endS - startS) * 2 }, (_, index) => `word${own}${startS * 2 + index}`).join(' ');

/**
 * Recordings of a minute or so that may lie apart, touch, overlap, or lie inside each other; some are of the same sound, by
 * clocks that differ, and others say something else at the same time.
 */
export const recordings = fc
  .array(
    fc.record({
      startS: fc.integer({ min: 0, max: 1800 }),
      clockErrorS: fc.integer({ min: -20, max: 20 }),
      own: fc.constantFrom('', '', '', 'other'),
      microphone: fc.constantFrom('omi', 'phone'),
      segments: fc.array(
        fc.record({ gapS: fc.integer({ min: 0, max: 40 }), lengthS: fc.integer({ min: 1, max: 20 }) }),
        {
          maxLength: 5,
        },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ startS, clockErrorS, own, microphone, segments }, index) => {
      let at = startS;
      return segments.map(({ gapS, lengthS }, ordinal) => {
        const begin = at + gapS;
        at = begin + lengthS;
        const text = saidAt(begin + clockErrorS, at + clockErrorS, own && `${own}${index}-`);
        return segment(`r${index}:${ordinal}`, begin, at, `r${index}`, microphone, startS, text);
      });
    }),
  );

export function counter(): () => string {
  let next = 1;
  return () => `n${next++}`;
}
