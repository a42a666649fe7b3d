import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Forgotten,
  isForgotten,
  isWhollyForgotten,
  type TimeRange,
} from '../../src/timeline/forgotten.ts';
import { SILENCE_THAT_SPLITS_MS } from '../../src/timeline/silence.ts';

const NOTHING: Forgotten = { own: [], others: [] };
const range = fc
  .tuple(fc.integer({ min: 0, max: 3_600_000 }), fc.integer({ min: 1, max: 64_000 }))
  .map(([fromMs, forMs]): TimeRange => ({ fromMs, toMs: fromMs + forMs }));

it('nothing is forgotten where nothing was deleted', () => {
  fc.assert(fc.property(range, (said) => !isForgotten(said, NOTHING)));
});

it('whatever overlaps what was deleted of the same recording is forgotten, in any piece', () => {
  fc.assert(
    fc.property(
      range,
      fc.integer({ min: -63_999, max: 63_999 }),
      fc.integer({ min: 1, max: 64_000 }),
      (own, at, forMs) => {
        const fromMs = Math.max(0, own.fromMs + at);
        const said = { fromMs, toMs: fromMs + forMs };
        if (said.toMs <= own.fromMs || said.fromMs >= own.toMs) return;
        expect(isForgotten(said, { own: [own], others: [] })).toBe(true);
      },
    ),
  );
});

it('no word of another conversation of the recording is forgotten, in pieces of up to 64 s', () => {
  fc.assert(
    fc.property(range, fc.integer({ min: 1, max: 64_000 }), fc.boolean(), (own, forMs, isAfter) => {
      const fromMs = isAfter
        ? own.toMs + SILENCE_THAT_SPLITS_MS
        : own.fromMs - SILENCE_THAT_SPLITS_MS - forMs;
      expect(isForgotten({ fromMs, toMs: fromMs + forMs }, { own: [own], others: [] })).toBe(false);
    }),
  );
});

it('a copy is forgotten by what covers more than half of it, and a neighbour at a seam is not', () => {
  const others = [
    { fromMs: 0, toMs: 5000 },
    { fromMs: 4000, toMs: 6000 },
  ];
  expect(isForgotten({ fromMs: 1000, toMs: 8000 }, { own: [], others })).toBe(true);
  expect(isForgotten({ fromMs: 5500, toMs: 9000 }, { own: [], others })).toBe(false);
});

it('a stretch need not be heard when nothing in it could be kept, whatever is said where', () => {
  fc.assert(
    fc.property(
      range,
      fc.array(range, { maxLength: 4 }),
      fc.array(range, { maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (stretch, own, others, from, share) => {
        const forgotten = { own, others };
        if (!isWhollyForgotten(stretch, forgotten)) return;
        const lengthMs = stretch.toMs - stretch.fromMs;
        const fromMs = stretch.fromMs + Math.floor(from * (lengthMs - 1));
        const toMs = Math.min(stretch.toMs, fromMs + Math.max(1, Math.floor(share * lengthMs)));
        expect(isForgotten({ fromMs, toMs }, forgotten)).toBe(true);
      },
    ),
  );
});

it('beside what was deleted all is forgotten but lines of words that are kept, with hardly any of the deleted sound', () => {
  const own = [{ fromMs: 10_000, toMs: 20_000 }];
  const kept = [{ fromMs: 20_100, toMs: 26_000 }];
  const forgotten = { own, others: [], kept };
  expect(isForgotten({ fromMs: 19_800, toMs: 26_200 }, forgotten)).toBe(false);
  expect(isForgotten({ fromMs: 19_800, toMs: 26_200 }, { own, others: [] })).toBe(true);
  expect(isForgotten({ fromMs: 18_000, toMs: 26_200 }, forgotten)).toBe(true);
  expect(isForgotten({ fromMs: 26_500, toMs: 30_000 }, forgotten)).toBe(true);
  expect(isWhollyForgotten({ fromMs: 12_000, toMs: 30_000 }, forgotten)).toBe(false);
  expect(isWhollyForgotten({ fromMs: 27_000, toMs: 40_000 }, forgotten)).toBe(true);
});
