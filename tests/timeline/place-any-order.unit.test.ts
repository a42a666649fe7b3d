import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOnTimeline } from '../../src/timeline/place.ts';
import { SILENCE_THAT_SPLITS_MS } from '../../src/timeline/silence.ts';
import { counter, RememberedTimeline, recordings, withRepetitions } from './remembered-timeline.ts';

describe('placeOnTimeline', () => {
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
