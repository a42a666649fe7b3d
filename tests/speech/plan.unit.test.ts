import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LearnedCost } from '../../src/providers/call-cost.ts';
import { planPieceSeconds } from '../../src/speech/splitting/plan.ts';

const SERVER = { callsAtOnce: 8, shortestSeconds: 15, longestSeconds: 120 };
const FLAT = { ms: 18_400, msPerSecond: 0 };
const BOTH = { ms: 4000, msPerSecond: 240 };
const BY_LENGTH = { ms: 0, msPerSecond: 300 };

describe('the length of pieces', () => {
  it('makes even calls of one round where each second costs', () => {
    for (const cost of [BOTH, BY_LENGTH]) {
      const seconds = planPieceSeconds({ ...SERVER, speechSeconds: 487, cost });
      expect(seconds).toBeGreaterThanOrEqual(487 / 8);
      expect(seconds).toBeLessThanOrEqual(487 / 8 + 6);
    }
  });

  it('makes the first of many calls a seventh longer where the parts of the cost are a guess', () => {
    for (const cost of [{ ...BOTH, isGuessed: true }, null]) {
      const seconds = planPieceSeconds({ ...SERVER, speechSeconds: 487, cost });
      expect(seconds).toBeGreaterThanOrEqual(487 / 7);
      expect(seconds).toBeLessThanOrEqual(487 / 7 + 6);
    }
    const few = { ...SERVER, speechSeconds: 75, cost: BY_LENGTH };
    expect(planPieceSeconds({ ...few, cost: { ...BY_LENGTH, isGuessed: true } })).toBe(planPieceSeconds(few));
  });

  it('makes as few calls as can be where a call costs the same whatever is in it', () => {
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 487, cost: FLAT })).toBeGreaterThan(95);
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 60, cost: FLAT })).toBeGreaterThanOrEqual(60);
  });

  it('divides a short recording where each second costs, and never below the shortest', () => {
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 60, cost: BY_LENGTH })).toBe(20);
    // Less than two of the shortest are one call, and nothing of it is cut off.
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 29, cost: BY_LENGTH })).toBe(120);
  });

  it('makes the longest pieces of hours', () => {
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 36_000, cost: null })).toBe(120);
  });

  it('makes pieces whose answers are expected within half of the deadline', () => {
    const slow = { ms: 3000, msPerSecond: 800, withinMs: 120_000 };
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 1000, cost: slow })).toBeLessThanOrEqual(
      57_000 / 800,
    );
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 487, cost: { ...FLAT, withinMs: 120_000 } })).toBe(
      planPieceSeconds({ ...SERVER, speechSeconds: 487, cost: FLAT }),
    );
  });

  it('makes no shorter ones where a call takes most of its deadline by itself', () => {
    const cost = { ms: 100_000, msPerSecond: 10, withinMs: 120_000 };
    expect(planPieceSeconds({ ...SERVER, speechSeconds: 300, cost })).toBeGreaterThan(90);
  });

  it('is within the bounds, whatever a call costs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 1, max: 32 }),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 0, max: 1000 }),
        (speechSeconds, callsAtOnce, ms, msPerSecond) => {
          const cost = { ms: ms + 1, msPerSecond };
          const seconds = planPieceSeconds({ ...SERVER, speechSeconds, callsAtOnce, cost });
          expect(seconds).toBeGreaterThanOrEqual(15);
          expect(seconds).toBeLessThanOrEqual(120);
        },
      ),
    );
  });
});

describe('the learned cost of a call', () => {
  it('finds both parts from calls of different lengths', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.integer({ min: 5, max: 120 }), { minLength: 10, maxLength: 40 }),
        (ms, msPerSecond, lengths) => {
          const learned = new LearnedCost();
          for (const seconds of [10, 60, ...lengths, 10, 60])
            learned.note(seconds, ms + msPerSecond * seconds);
          expect(learned.cost?.ms).toBeCloseTo(ms, 0);
          expect(learned.cost?.msPerSecond).toBeCloseTo(msPerSecond, 0);
        },
      ),
    );
  });

  it('keeps what uneven calls have told when even ones follow, and says that it is a guess by then', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 1000 }),
        (ms, msPerSecond) => {
          const learned = new LearnedCost();
          for (const seconds of [70, 55, 70, 55]) learned.note(seconds, ms + msPerSecond * seconds);
          expect(learned.cost?.isGuessed).toBe(false);
          for (let call = 0; call < 100; call++) learned.note(61, ms + msPerSecond * 61);
          expect(learned.cost?.isGuessed).toBe(true);
          expect(learned.cost?.ms).toBeCloseTo(ms, 0);
          expect(learned.cost?.msPerSecond).toBeCloseTo(msPerSecond, 0);
        },
      ),
    );
  });

  it('never takes a part for less than nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 0, max: 60_000 })), {
          minLength: 1,
        }),
        (calls) => {
          const learned = new LearnedCost();
          for (const [seconds, ms] of calls) learned.note(seconds, ms);
          expect(learned.cost?.ms).toBeGreaterThanOrEqual(-0.001);
          expect(learned.cost?.msPerSecond).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
