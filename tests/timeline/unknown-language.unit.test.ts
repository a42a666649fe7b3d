import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUnknownLanguage, type HeardPiece, REACH_MS } from '../../src/timeline/unknown-language.ts';

const STEADY = 0.3;
const SURE = 0.1;
const NOISY = 0.5;
const OTHER = 0.9;

/** Pieces of 8 s, one after the other. */
function speech(...unsteadiness: (number | null)[]): HeardPiece[] {
  return unsteadiness.map((value, index) => ({
    startedAtMs: index * 10_000,
    endedAtMs: index * 10_000 + 8000,
    unsteadiness: value,
  }));
}

const unknownIn = (pieces: HeardPiece[]) =>
  findUnknownLanguage(pieces)
    .map((piece) => pieces.indexOf(piece))
    .sort((a, b) => a - b);

describe('of an unknown language', () => {
  it('is what contradicts itself, by itself and among its like', () => {
    expect(unknownIn(speech(OTHER))).toEqual([0]);
    expect(unknownIn(speech(OTHER, OTHER, OTHER))).toEqual([0, 1, 2]);
  });

  it('is also what agrees with itself by chance, where most speech around does not', () => {
    expect(unknownIn(speech(OTHER, OTHER, STEADY, OTHER))).toEqual([0, 1, 2, 3]);
  });

  it('is no English that noise made hard to hear', () => {
    expect(unknownIn(speech(NOISY, NOISY, STEADY, NOISY))).toEqual([]);
  });

  it('is nothing of which most that is said around agrees with itself', () => {
    expect(unknownIn(speech(STEADY, OTHER, STEADY, SURE))).toEqual([]);
  });

  it('is no row of three that agree with themselves, whatever is spoken around them', () => {
    expect(unknownIn(speech(OTHER, OTHER, OTHER, STEADY, STEADY, STEADY, OTHER, OTHER))).toEqual([
      0, 1, 2, 6, 7,
    ]);
  });

  it('is nothing that surely agrees with itself: of two languages in turns, the known one stays', () => {
    expect(unknownIn(speech(OTHER, OTHER, SURE, OTHER, OTHER, SURE))).toEqual([0, 1, 3, 4]);
  });

  it('is nothing that was not measured', () => {
    expect(unknownIn(speech(null, OTHER, null, OTHER))).toEqual([1, 3]);
  });
});

const pieces = fc.array(
  fc.record({
    startS: fc.integer({ min: 0, max: 4000 }),
    forS: fc.integer({ min: 1, max: 60 }),
    unsteadiness: fc.option(fc.constantFrom(0, SURE, STEADY, 0.5, OTHER, 1)),
  }),
  { maxLength: 40 },
);
const heard = ({
  startS,
  forS,
  unsteadiness,
}: {
  startS: number;
  forS: number;
  unsteadiness: number | null;
}) => ({
  startedAtMs: startS * 1000,
  endedAtMs: (startS + forS) * 1000,
  unsteadiness,
});

it('no order of arrival can be seen', () => {
  const shuffled = pieces.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      const told = (all: typeof list) =>
        findUnknownLanguage(all.map(heard))
          .map((piece) => JSON.stringify(piece))
          .sort();
      expect(told(other)).toEqual(told(list));
    }),
  );
});

it('what lies beyond its reach decides nothing', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 4000 }), (list, atS) => {
      const all = list.map(heard);
      const near = all.filter(({ startedAtMs }) => Math.abs(startedAtMs - atS * 1000) <= REACH_MS);
      const at = (found: HeardPiece[]) =>
        found.filter(({ startedAtMs }) => startedAtMs === atS * 1000).length;
      expect(at(findUnknownLanguage(near))).toBe(at(findUnknownLanguage(all)));
    }),
    { numRuns: 300 },
  );
});

it('words are only lost where hearings of most speech around contradict each other', () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const all = list.map((piece) =>
        heard({ ...piece, unsteadiness: Math.min(piece.unsteadiness ?? 0, STEADY) }),
      );
      expect(findUnknownLanguage(all)).toEqual([]);
    }),
  );
});
