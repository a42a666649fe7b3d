import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  durationMs,
  ENOUGH,
  expectedMs,
  type Learned,
  learn,
  PLAUSIBLE_TIMES,
  type Rate,
  type Stage,
  usualMs,
} from '../../src/estimate/rates.ts';
import { type LinePoint, type Load, placeInLine, untilPlaceMs, untilWords } from '../../src/estimate/rule.ts';

const learned = (samples: readonly { size: number; ms: number }[]): Learned =>
  samples.reduce<Learned | undefined>(
    (before, sample) => learn(before, { ...sample, estimatedMs: null }),
    undefined,
  ) as Learned;

const rate = (
  stage: Rate['stage'],
  busy: number,
  samples: readonly { size: number; ms: number }[],
): Rate => ({
  stage,
  kind: '',
  busy,
  learned: learned(samples),
  updatedAtMs: 0,
});

/** A file of 60 s takes 2 s, and one of 600 s takes 11 s. */
const RATES = [
  rate(
    'transcribing',
    0,
    Array.from({ length: 100 }, (_, n) => ({ size: n % 2 ? 60 : 600, ms: n % 2 ? 2_000 : 11_000 })),
  ),
];

function lineOf(seconds: readonly number[]): LinePoint[] {
  let secondsBefore = 0;
  return seconds.map((own, before) => {
    const point = { dueAtMs: before * 1_000, before, secondsBefore, seconds: own };
    secondsBefore += own;
    return point;
  });
}

function loadOf(line: LinePoint[], { places = 2, running = 0, rates = RATES } = {}): Load {
  const idle = { waiting: 0, line: [], running: [] };
  const under = Array.from({ length: running }, (_, n) => ({
    id: `rec_${n}`,
    stage: 'transcribing' as const,
    seconds: 60,
    elapsedMs: 0,
  }));
  return {
    atMs: 0,
    places,
    understandPlaces: 4,
    quietMs: 0,
    lanes: { fresh: { waiting: line.length, line, running: under }, backfill: idle },
    understanding: [],
    rates,
  };
}

test('a line is worked off in order by as many as there are places, each file taking as long as its length says', () => {
  // Two places: 60 s and 600 s begin at once, the next 60 s after 2 s, and the one behind it after 4 s.
  const load = loadOf(lineOf([60, 600, 60, 60]));
  const waits = [0, 1, 2, 3].map((n) => Math.round((untilPlaceMs(load, 'fresh', n * 1_000) ?? -1) / 1_000));
  expect(waits).toEqual([0, 0, 2, 4]);
  expect(placeInLine(load.lanes.fresh, 2_000)).toBe(3);
});

test('what is under way is waited for, and what takes longer than usual is not expected to end at once', () => {
  const busy = loadOf(lineOf([60]), { running: 2 });
  expect(Math.round((untilPlaceMs(busy, 'fresh', 0) ?? 0) / 1_000)).toBe(2);
  const late = busy.lanes.fresh.running.map((one) => ({ ...one, elapsedMs: 9_000 }));
  const overdue = { ...busy, lanes: { ...busy.lanes, fresh: { ...busy.lanes.fresh, running: late } } };
  expect(untilPlaceMs(overdue, 'fresh', 0)).toBeGreaterThan(1_000);
});

test('without a worker it says so and gives no time', () => {
  const recording = { lane: 'fresh', dueAtMs: 0, seconds: 60, nextTryAtMs: null, running: null } as const;
  expect(untilWords(loadOf([], { places: 0 }), recording)).toBe('no_worker');
  const lost = { id: 'a', stage: 'transcribing', seconds: 60, elapsedMs: 9_000, isLost: true } as const;
  expect(untilWords(loadOf([]), { ...recording, running: lost })).toBe('worker_lost');
});

const fewSamples = fc.array(
  fc.record({
    size: fc.double({ min: 0, max: 7_200, noNaN: true }),
    ms: fc.double({ min: 0, max: 24 * 3_600_000, noNaN: true }),
  }),
  { minLength: 1, maxLength: ENOUGH - 1 },
);

test('as long as little was learned, whatever it was, an estimate is within a plausible factor of what is usual', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Stage>('queued', 'transcribing', 'placing', 'settling', 'understanding'),
      fewSamples,
      fc.double({ min: 0, max: 7_200, noNaN: true }),
      (stage, samples, size) => {
        const own = learned(samples);
        const ms = expectedMs(stage, { own, all: own }, size);
        // A wait of nothing takes a moment.
        const usual = usualMs(stage, size) + 100;
        expect(ms).toBeLessThanOrEqual(PLAUSIBLE_TIMES * usual);
        expect(ms + 100).toBeGreaterThanOrEqual(usual / PLAUSIBLE_TIMES - 1e-6);
      },
    ),
  );
});

test('a first recording that waited a minute for its models to load makes no hour of the next one', () => {
  // As it was on a fresh machine under load: nothing was ahead of it, and it took a minute all the same.
  const rates = [
    { ...rate('queued', 0, [{ size: 0, ms: 60_000 }]), kind: 'fresh' },
    rate('transcribing', 0, [{ size: 16, ms: 90_000 }]),
  ];
  const load = loadOf(lineOf([60, 60, 60]), { rates, running: 2 });
  const recording = { lane: 'fresh', dueAtMs: 2_000, seconds: 60, nextTryAtMs: null, running: null } as const;
  const until = untilWords(load, recording);
  if (typeof until === 'string') throw new Error(until);
  expect(until.ms).toBeLessThan(4 * 60_000);
  expect(until.ms).toBeGreaterThan(10_000);
});

test('waits of a moment that took a minute again and again make no hour of a longer one', () => {
  const own = learned(Array.from({ length: 50 }, () => ({ size: 0, ms: 60_000 })));
  expect(durationMs('queued', own, 0)).toBeCloseTo(60_000, -3);
  expect(durationMs('queued', own, 5)).toBeLessThanOrEqual(66_000);
});

test('what is usual is told with a wide range before anything was learned, and work that was learned replaces it', () => {
  const recording = { lane: 'fresh', dueAtMs: 0, seconds: 60, nextTryAtMs: null, running: null } as const;
  const of = (rates: Rate[]) => {
    const until = untilWords(loadOf([], { rates }), recording);
    if (typeof until === 'string') throw new Error(until);
    return until;
  };
  const first = of([]);
  expect(first.ms).toBeGreaterThan(1_000);
  expect(first.ms).toBeLessThan(30_000);
  expect(first.spreadMs).toBeGreaterThan(first.ms);
  const slow = of([
    rate(
      'transcribing',
      0,
      Array.from({ length: 30 }, () => ({ size: 60, ms: 300_000 })),
    ),
  ]);
  expect(slow.ms).toBeCloseTo(300_000, -4);
});

test('the time of the next attempt is taken in', () => {
  const recording = { lane: 'fresh', dueAtMs: 0, seconds: 60, nextTryAtMs: 90_000, running: null } as const;
  expect(untilWords(loadOf(lineOf([60])), recording)).toMatchObject({ ms: expect.closeTo(92_000, -3) });
});

test('a line that is longer than what is read of it gives nearly the same times as all of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 30, max: 120 }), { minLength: 300, maxLength: 2_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (seconds, where) => {
        const all = lineOf(seconds);
        const step = Math.ceil(all.length / 200);
        const some = all.filter(
          ({ before }) => before < 200 || before === all.length - 1 || before % step === 0,
        );
        const at = Math.floor(where * all.length) * 1_000;
        const [exact, short] = [all, some].map((line) => untilPlaceMs(loadOf(line), 'fresh', at) ?? -1);
        expect(Math.abs((short ?? 0) - (exact ?? 0))).toBeLessThanOrEqual(0.02 * (exact ?? 0) + 20_000);
      },
    ),
    { numRuns: 30 },
  );
});

test('more work ahead never makes the wait shorter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3_600 }), { maxLength: 400 }),
      fc.integer({ min: 1, max: 20 }),
      (seconds, places) => {
        const load = loadOf(lineOf(seconds), { places });
        const waits = seconds.map((_, n) => untilPlaceMs(load, 'fresh', n * 1_000) ?? -1);
        for (const [n, ms] of waits.entries())
          if (n > 0) expect(ms).toBeGreaterThanOrEqual((waits[n - 1] ?? 0) - 1e-6);
      },
    ),
    { numRuns: 50 },
  );
});

test('what is learned follows a cost of a fixed part and one for each second', () => {
  const seen = learned(
    Array.from({ length: 400 }, (_, n) => ({
      size: 20 + (n % 10) * 20,
      ms: 1_000 + 30 * (20 + (n % 10) * 20),
    })),
  );
  expect(durationMs('transcribing', seen, 100)).toBeCloseTo(4_000, -2);
  // Of one size alone, a longer file still takes longer, and never less than the fixed part.
  const even = learned(Array.from({ length: 100 }, () => ({ size: 60, ms: 3_000 })));
  expect(durationMs('transcribing', even, 60)).toBeCloseTo(3_000, 0);
  expect(durationMs('transcribing', even, 600)).toBeGreaterThan(6_000);
});
