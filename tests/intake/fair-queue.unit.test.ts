import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignDueTimes, guessLengthMs, laneOf, priorityOf } from '../../src/intake/fair-queue.ts';

const NOW_MS = Date.UTC(2026, 10, 24);
const lengths = fc.array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 50 });

it('gives turns in order, none before now, and moves the clock on by exactly what was taken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * NOW_MS }), lengths, (servedMs, taken) => {
      const { dueAtMs, servedMs: after } = assignDueTimes(servedMs, NOW_MS, taken);
      const start = Math.max(servedMs, NOW_MS);
      expect(dueAtMs).toEqual([...dueAtMs].sort((a, b) => a - b));
      for (const due of dueAtMs) expect(due).toBeGreaterThanOrEqual(start);
      expect(after).toBe(start + taken.reduce((sum, length) => sum + length, 0));
    }),
  );
});

it('makes nobody wait for more of a backlog than fits into the time since it came', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 0, max: 3_600_000 }), (backlog, laterMs) => {
      const { dueAtMs } = assignDueTimes(0, NOW_MS, backlog);
      const newcomer = assignDueTimes(0, NOW_MS + laterMs, [1000]).dueAtMs[0] ?? 0;
      const ahead = backlog.filter((_, index) => (dueAtMs[index] ?? 0) < newcomer);
      // All but the last of those ahead fit into the time that has passed.
      expect(ahead.slice(0, -1).reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(laterMs);
    }),
  );
});

it('orders priorities as the times they are made of, within 32 bits until 2092', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Date.UTC(2091, 0, 1) }),
      fc.integer({ min: 0, max: Date.UTC(2091, 0, 1) }),
      (a, b) => {
        if (a <= b) expect(priorityOf(a)).toBeLessThanOrEqual(priorityOf(b));
        expect(priorityOf(a)).toBeLessThan(2 ** 31);
      },
    ),
  );
});

it('calls a recording of the last six hours fresh', () => {
  expect(laneOf(NOW_MS - 6 * 3_600_000, NOW_MS)).toBe('fresh');
  expect(laneOf(NOW_MS - 6 * 3_600_000 - 1, NOW_MS)).toBe('backfill');
});

describe('the guess of a length', () => {
  const minute = 60_000;

  it.each([
    ['memo.wav', 1_920_044, minute],
    ['MEMO.WAV', 1_920_044, minute],
    ['memo.mp3', 960_000, minute],
    ['audio_omi_opus_fs320_16000_1_fs320_1774000000.bin', 180_000, minute],
    ['without ending', 180_000, minute],
  ])('of %s with %i bytes is about %i ms', (name, sizeBytes, lengthMs) => {
    expect(guessLengthMs(sizeBytes, null, name) / lengthMs).toBeCloseTo(1, 2);
  });

  it('follows the codec where the name tells it, whatever its ending', () => {
    expect(guessLengthMs(1_920_000, { codec: 'pcm16', sampleRateHz: 16_000 }, 'x.mp3')).toBe(minute);
  });
});
