import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockShiftMs } from '../../src/intake/batch-clock.ts';

const NOW_MS = Date.UTC(2026, 2, 20, 12);
const SKEW_MS = 300_000;

const batches = fc
  .array(
    fc.record({
      startedAtMs: fc.integer({ min: NOW_MS - 86_400_000, max: NOW_MS + 40_000_000_000 }),
      lengthMs: fc.integer({ min: 1, max: 180_000 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((files) => files.map((file) => ({ ...file })));

it('after the shift nothing begins in the future, and the newest sound has just ended', () => {
  fc.assert(
    fc.property(batches, (files) => {
      const shiftMs = clockShiftMs(files, null, NOW_MS);
      const newestMs = Math.max(...files.map(({ startedAtMs }) => startedAtMs));
      if (newestMs <= NOW_MS + SKEW_MS) expect(shiftMs).toBe(0);
      else expect(Math.max(...files.map((file) => file.startedAtMs + file.lengthMs)) - shiftMs).toBe(NOW_MS);
    }),
  );
});

it('batches of one recorder, newest first, keep the distances between their files', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 60 }), (aheadHours, delayS) => {
      const aheadMs = aheadHours * 3_600_000;
      const file = (minute: number) => ({
        startedAtMs: NOW_MS + aheadMs - minute * 60_000,
        lengthMs: 60_000,
      });
      const first = clockShiftMs([file(1), file(2)], null, NOW_MS);
      const earlier = { claimedAtMs: file(1).startedAtMs, shiftMs: first };
      expect(clockShiftMs([file(3), file(4)], earlier, NOW_MS + delayS * 1000)).toBe(
        file(4).startedAtMs > NOW_MS + delayS * 1000 + SKEW_MS ||
          file(3).startedAtMs > NOW_MS + delayS * 1000 + SKEW_MS
          ? first
          : 0,
      );
    }),
  );
});

it('what was found a long time ago, or is not enough, is found anew', () => {
  const startedAtMs = NOW_MS + 9_000_000;
  const files = [{ startedAtMs, lengthMs: 60_000 }];
  const anew = clockShiftMs(files, null, NOW_MS);
  expect(clockShiftMs(files, { claimedAtMs: startedAtMs - 90_000_000, shiftMs: 9_999_999 }, NOW_MS)).toBe(
    anew,
  );
  expect(clockShiftMs(files, { claimedAtMs: startedAtMs - 60_000, shiftMs: 60_000 }, NOW_MS)).toBe(anew);
});
