import { expect, test } from 'vitest';
import { HeldBytes } from '../../src/store/blobs/held-bytes.ts';

const MB = 1024 * 1024;

test('what all hold stays within the bound, whoever asks', () => {
  const held = new HeldBytes(64 * MB);
  for (let body = 0; body < 1000; body++) held.take(MB / 4, 3 * (MB / 4)) && held.take(MB, 3 * MB);
  expect(held.held).toBeLessThanOrEqual(64 * MB);
  expect(held.held).toBeGreaterThan(60 * MB);
});

test('whoever comes late gets a share, though those before took all that they could', () => {
  const held = new HeldBytes(64 * MB);
  const early = Array.from({ length: 100 }, () => held.take(MB, 3 * MB)).filter(Boolean).length;
  expect(early).toBeGreaterThan(15);
  // There is less left than a long chunk needs, and enough for one that is a quarter as long.
  expect(held.take(MB / 4, 3 * (MB / 4))).toBe(true);
  held.give(6 * MB);
  expect(held.take(MB, 3 * MB)).toBe(true);
});
