import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRepetitions, type RecordedSegment } from '../../src/timeline/deduplicate.ts';
import { type KnownConversation, type PlacedSegment, placeOnTimeline } from '../../src/timeline/place.ts';
import { SILENCE_THAT_SPLITS_MS } from '../../src/timeline/silence.ts';

type Fact = RecordedSegment;

/** What is said twice is decided over all that has arrived, and placed with it. */
function withRepetitions(
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
class RememberedTimeline {
  facts: Fact[] = [];
  segments: PlacedSegment[] = [];
  conversations: KnownConversation[] = [];
  merged = new Map<string, string>();
  #next = 1;

  arrive(facts: readonly Fact[]): void {
    this.facts.push(...facts);
    const homes = new Map(this.segments.map(({ id, conversationId }) => [id, conversationId]));
    this.segments = withRepetitions(this.facts, (id) => homes.get(id) ?? null);
    const { placements, merged } = placeOnTimeline(
      this.segments,
      this.conversations,
      () => `c${this.#next++}`,
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

function segment(
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
const recordings = fc
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

describe('placeOnTimeline', () => {
  it('splits at a silence of 120 s and not a millisecond before', () => {
    const edge = SILENCE_THAT_SPLITS_MS / 1000;
    const together = placeOnTimeline(
      [
        segment('a', 0, 10),
        { ...segment('b', 10 + edge, 150), startedAtMs: 10_000 + SILENCE_THAT_SPLITS_MS - 1 },
      ].map(unplaced),
      [],
      counter(),
    );
    const apart = placeOnTimeline(
      [segment('a', 0, 10), segment('b', 10 + edge, 150)].map(unplaced),
      [],
      counter(),
    );
    expect(together.placements).toHaveLength(1);
    expect(apart.placements).toHaveLength(2);
  });

  it('measures the silence from the latest end, not from the last segment', () => {
    const result = placeOnTimeline(
      [
        segment('long', 0, 200, 'r1'),
        segment('short', 10, 20, 'r2', 'phone'),
        segment('after', 300, 310, 'r3'),
      ].map(unplaced),
      [],
      counter(),
    );
    expect(result.placements).toHaveLength(1);
  });

  it('merges what a new segment bridges, and the earliest id survives', () => {
    const timeline = new RememberedTimeline();
    timeline.arrive([segment('late', 200, 210)]);
    timeline.arrive([segment('early', 0, 10)]);
    expect(timeline.conversations).toHaveLength(2);
    const early = timeline.segments.find((s) => s.id === 'early')?.conversationId;
    timeline.arrive([segment('bridge', 100, 110)]);
    expect(timeline.conversations).toHaveLength(1);
    expect(timeline.conversations[0]?.id).toBe(early);
    expect([...timeline.merged.values()]).toEqual([early]);
  });

  it('hears overlapping audio of one microphone once, and of two microphones twice', () => {
    const one = placeOnTimeline(
      withRepetitions([
        segment('a', 0, 10, 'r1', 'omi', 0, 'what was said then'),
        segment('b', 1, 10, 'r2', 'omi', 1, 'what was said then'),
      ]),
      [],
      counter(),
    );
    const two = placeOnTimeline(
      withRepetitions([
        segment('a', 0, 10, 'r1', 'omi', 0, 'what was said then'),
        segment('b', 1, 10, 'r2', 'phone', 1, 'what was said then'),
      ]),
      [],
      counter(),
    );
    expect(one.placements.flatMap(({ segmentIds }) => segmentIds)).toEqual(['a']);
    expect(two.placements.flatMap(({ segmentIds }) => segmentIds)).toEqual(['a', 'b']);
  });

  it('keeps a conversation whose audio turns out to be a repetition under its own id', () => {
    const timeline = new RememberedTimeline();
    timeline.arrive([segment('repeat', 1, 10, 'r2', 'omi', 1, 'what was said then')]);
    const id = timeline.conversations[0]?.id;
    timeline.arrive([segment('first', 0, 10, 'r1', 'omi', 0, 'what was said then')]);
    expect(timeline.conversations.map((c) => c.id)).toEqual([id]);
    expect(timeline.shape()).toEqual(['first']);
  });

  it('gives the same conversations for any order of arrival (10,000 orders)', () => {
    fc.assert(
      fc.property(
        recordings.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([inOrder, shuffled]) => {
          const expected = new RememberedTimeline();
          expected.arrive(inOrder.flat());
          const actual = new RememberedTimeline();
          for (const recording of shuffled) actual.arrive(recording);
          expect(actual.shape()).toEqual(expected.shape());
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('never leaves two conversations closer than the silence that splits, nor one with such a silence inside', () => {
    fc.assert(
      fc.property(recordings, (list) => {
        const facts = withRepetitions(list.flat());
        const { placements } = placeOnTimeline(facts, [], counter());
        for (const [index, placement] of placements.entries()) {
          const next = placements[index + 1];
          if (next)
            expect(next.startedAtMs - placement.endedAtMs).toBeGreaterThanOrEqual(SILENCE_THAT_SPLITS_MS);
          let heardUntilMs = placement.startedAtMs;
          for (const id of placement.segmentIds) {
            const fact = facts.find((f) => f.id === id);
            expect((fact?.startedAtMs ?? 0) - heardUntilMs).toBeLessThan(SILENCE_THAT_SPLITS_MS);
            heardUntilMs = Math.max(heardUntilMs, fact?.endedAtMs ?? 0);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing when nothing came', () => {
    fc.assert(
      fc.property(recordings, (list) => {
        const timeline = new RememberedTimeline();
        for (const recording of list) timeline.arrive(recording);
        const again = placeOnTimeline(timeline.segments, timeline.conversations, counter());
        expect(again.placements.filter((p) => p.changed || p.isNew)).toEqual([]);
        expect(again.merged.size).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

function unplaced(fact: Fact): PlacedSegment {
  const { id, startedAtMs, endedAtMs, recordingId } = fact;
  return { id, startedAtMs, endedAtMs, recordingId, conversationId: null, repeats: null };
}

function counter(): () => string {
  let next = 1;
  return () => `n${next++}`;
}
