import { expect, it } from 'vitest';
import { nextAttemptAfter, nextAttemptInMs } from '../../src/pipeline/retry-policy.ts';

it('waits longer each time, a day in all, and then asks for a person', () => {
  const waits: number[] = [];
  for (let tries = 0; ; tries++) {
    const waitMs = nextAttemptInMs(tries, () => 0.5);
    if (waitMs === null) break;
    waits.push(waitMs);
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBe(10_000);
  const day = 24 * 3_600_000;
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(0.9 * day);
});

it('spreads those who failed together by a fifth either way', () => {
  expect(nextAttemptInMs(0, () => 0)).toBe(8000);
  expect(nextAttemptInMs(0, () => 1)).toBe(12_000);
});

it('waits as long as it was asked to when that is longer, and not at all for what cannot heal', () => {
  const sure = () => 0.5;
  expect(nextAttemptAfter({ code: 'rate_limited', retryAfterMs: 60_000 }, 0, sure)).toBe(60_000);
  expect(nextAttemptAfter({ code: 'rate_limited', retryAfterMs: 500 }, 0, sure)).toBe(10_000);
  expect(nextAttemptAfter({ code: 'upstream' }, 1, sure)).toBe(30_000);
  expect(nextAttemptAfter({ code: 'upstream', retryAfterMs: 60_000 }, 9, sure)).toBe(null);
  expect(nextAttemptAfter({ code: 'invalid_input' }, 0, sure)).toBe(null);
});

it('tries a mistake of the program once more, and then asks for a person', () => {
  const sure = () => 0.5;
  expect(nextAttemptAfter({ code: 'defect' }, 0, sure)).toBe(10_000);
  for (const tries of [1, 2, 8]) expect(nextAttemptAfter({ code: 'defect' }, tries, sure)).toBe(null);
});
