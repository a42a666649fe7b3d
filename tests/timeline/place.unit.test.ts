import { describe, expect, it } from 'vitest';
import { type PlacedSegment, placeOnTimeline } from '../../src/timeline/place.ts';
import { SILENCE_THAT_SPLITS_MS } from '../../src/timeline/silence.ts';
import { counter, type Fact, RememberedTimeline, segment, withRepetitions } from './remembered-timeline.ts';

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
});

function unplaced(fact: Fact): PlacedSegment {
  const { id, startedAtMs, endedAtMs, recordingId } = fact;
  return { id, startedAtMs, endedAtMs, recordingId, conversationId: null, repeats: null };
}
