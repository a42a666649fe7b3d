import { expect, it } from 'vitest';
import { nextTryInMs } from '../../src/pipeline/patience.ts';

it('waits longer each time, a day in all, and then asks for a person', () => {
  const waits: number[] = [];
  for (let tries = 0; ; tries++) {
    const waitMs = nextTryInMs(tries, () => 0.5);
    if (waitMs === null) break;
    waits.push(waitMs);
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBe(10_000);
  const day = 24 * 3_600_000;
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(0.9 * day);
});

it('spreads those who failed together by a fifth either way', () => {
  expect(nextTryInMs(0, () => 0)).toBe(8000);
  expect(nextTryInMs(0, () => 1)).toBe(12_000);
});
