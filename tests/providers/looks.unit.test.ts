/** When work at a provider is looked at: soon after it is done, and not often. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { untilNextLook } from '../../src/speech/transcribers/remote/jobs.ts';

const PACE = { firstMs: 200, longestMs: 3000 };

/** The looks until work that takes this long is found done, and how long after that it is found. */
function looksAt(takesMs: number, expectedMs: number | null): { looks: number; lateMs: number } {
  let elapsedMs = expectedMs === null ? PACE.firstMs : untilNextLook(0, 0, { ...PACE, expectedMs });
  let waitMs = elapsedMs;
  let looks = 1;
  while (elapsedMs < takesMs) {
    waitMs = untilNextLook(elapsedMs, waitMs, { ...PACE, expectedMs });
    elapsedMs += waitMs;
    looks++;
  }
  return { looks, lateMs: elapsedMs - takesMs };
}

test('what takes about as long as lately is found within a twentieth of that, with few looks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4000, max: 120_000 }),
      fc.double({ min: 0.92, max: 1.28, noNaN: true }),
      (usual, times) => {
        const { looks, lateMs } = looksAt(usual * times, usual);
        expect(lateMs).toBeLessThanOrEqual(Math.max(PACE.firstMs, usual / 20));
        // 66 looks a second are allowed, of all transcripts together.
        expect(looks).toBeLessThanOrEqual(24 + (usual * times) / PACE.longestMs);
      },
    ),
  );
});

test('whatever it takes, it is found within the longest wait, and none is shorter than the first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300_000 }),
      fc.option(fc.integer({ min: 1, max: 120_000 })),
      (takesMs, expectedMs) => {
        const { looks, lateMs } = looksAt(takesMs, expectedMs);
        expect(lateMs).toBeLessThanOrEqual(PACE.longestMs);
        expect(looks).toBeLessThanOrEqual(1 + Math.ceil(takesMs / PACE.firstMs));
      },
    ),
  );
});

test('each wait for unknown work is a quarter longer than the one before', () => {
  expect(untilNextLook(1000, 400, { ...PACE, expectedMs: null })).toBe(500);
  expect(untilNextLook(60_000, 2900, { ...PACE, expectedMs: null })).toBe(3000);
});

test('unknown work is found a quarter of its time too late at most, with few looks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2000, max: 15_000 }), (takesMs) => {
      const { looks, lateMs } = looksAt(takesMs, null);
      expect(lateMs).toBeLessThanOrEqual(takesMs / 4 + PACE.firstMs);
      expect(looks).toBeLessThanOrEqual(16);
    }),
  );
});
