import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsOf, lengthOf } from '../../src/timeline/without-words.ts';

const piece = { start_ms: 1_000, end_ms: 9_000, guards: ['empty', 'lost_part'], unintelligible: false };

test('where somebody spoke and no words came is told with its place', () => {
  const segments = [
    { startMs: 5_000, endMs: 6_000 },
    { startMs: 1_200, endMs: 3_000 },
  ];
  expect(gapsOf({ ...piece, segments })).toEqual([
    { fromMs: 3_000, toMs: 5_000 },
    { fromMs: 6_000, toMs: 9_000 },
  ]);
});

test('a piece without a single word is missing as a whole', () => {
  const lost = { ...piece, segments: [], guards: [], unintelligible: true };
  expect(gapsOf(lost)).toEqual([{ fromMs: 1_000, toMs: 9_000 }]);
});

test('nothing is missing of a piece that was heard, nor of one whose words were deleted', () => {
  expect(gapsOf({ ...piece, segments: [], guards: ['unsteady'] })).toEqual([]);
  expect(gapsOf({ ...piece, segments: [], guards: ['lost_part', 'deleted'] })).toEqual([]);
});

test('gaps and words together are never longer than the piece, and never overlap', () => {
  const times = fc.tuple(fc.integer({ min: 1_000, max: 9_000 }), fc.integer({ min: 0, max: 3_000 }));
  fc.assert(
    fc.property(fc.array(times, { maxLength: 6 }), (spans) => {
      const segments = spans.map(([startMs, ms]) => ({ startMs, endMs: Math.min(9_000, startMs + ms) }));
      const gaps = gapsOf({ ...piece, segments });
      expect(lengthOf(gaps)).toBeLessThanOrEqual(8_000);
      for (const gap of gaps)
        for (const { startMs, endMs } of segments)
          expect(Math.min(gap.toMs, endMs) - Math.max(gap.fromMs, startMs)).toBeLessThanOrEqual(0);
    }),
  );
});
