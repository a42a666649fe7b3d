/** Notes that are wrong and files that are not what was noted: a part of a copy is right, or waits. `npm run fuzz` takes more. */
import { expect, test, vi } from 'vitest';
import { Chance } from '../../fuzz/chance.ts';
import { fuzzSegmentBytes, fuzzSegments, segmentFiles } from '../../fuzz/segments.ts';

const SEED = 16;

test('which bytes a decoder is given is bounded, whatever the notes say', async () => {
  const { inputs, made, broken } = await fuzzSegmentBytes(10_000, new Chance(SEED));
  expect(broken).toEqual([]);
  expect(inputs).toBe(10_000);
  expect(made).toBeGreaterThan(1_000);
});

test('a part that is made is the one of the whole copy', async () => {
  // The libraries report each broken frame to the console.
  const silent = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')].map((spy) =>
    spy.mockImplementation(() => {}),
  );
  try {
    const chance = new Chance(SEED);
    const { made, broken } = await fuzzSegments(await segmentFiles(), 400, chance);
    expect(broken).toEqual([]);
    expect(made).toBeGreaterThan(30);
    expect((await fuzzSegments(await segmentFiles(true), 60, chance)).broken).toEqual([]);
  } finally {
    for (const spy of silent) spy.mockRestore();
  }
});
