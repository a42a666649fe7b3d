import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { debounceMs } from '../../src/conversations/settled.ts';

const NOW = Date.UTC(2026, 2, 3, 9);
const QUIET = 1000;

describe('a sender is waited for', () => {
  test('from when its last upload came, not from when that was worked on', () => {
    expect(debounceMs([NOW - 200], QUIET, NOW)).toBe(800);
    expect(debounceMs([NOW - 1200], QUIET, NOW)).toBe(0);
  });

  test('longer while it is in the middle of sending, by its own pace', () => {
    expect(debounceMs([NOW - 200, NOW - 3200], QUIET, NOW)).toBe(5800);
    expect(debounceMs([NOW - 200, NOW - 300], QUIET, NOW)).toBe(800);
  });

  test('not longer for an upload of some other occasion', () => {
    expect(debounceMs([NOW - 200, NOW - 60_000], QUIET, NOW)).toBe(800);
  });

  test('not at all when nothing came, or nobody wants to wait', () => {
    expect(debounceMs([], QUIET, NOW)).toBe(0);
    expect(debounceMs([NOW, NOW - 5000], 0, NOW)).toBe(0);
  });

  test('20 s at most, whatever the clocks of the machines say', () => {
    const times = fc.array(fc.integer({ min: NOW - 100_000, max: NOW + 100_000 }), { maxLength: 3 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 60_000 }), (unordered, quietMs) => {
        const latestFirst = unordered.toSorted((a, b) => b - a);
        const wait = debounceMs(latestFirst, quietMs, NOW);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.max(quietMs, 20_000));
      }),
    );
  });

  test('and once that is over it is quiet, until something new comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 0, max: 20_000 }),
        (agoMs, gapMs) => {
          const times = [NOW - agoMs, NOW - agoMs - gapMs];
          const wait = debounceMs(times, QUIET, NOW);
          expect(debounceMs(times, QUIET, NOW + wait)).toBe(0);
        },
      ),
    );
  });
});
