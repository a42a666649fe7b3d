/** What the limit becomes: the pure rule over simulated minutes, the dealing out, and both over real HTTP. */
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { aimd, type Condition, firstCondition } from '../../src/providers/limits/aimd.ts';
import { evenShares } from '../../src/providers/limits/shares.ts';
import { databaseForTest } from '../support/database.ts';
import { startCaller } from './callers.ts';

const MOST = 64;

/** Seconds with a provider that serves `capacity` calls at once as fast as one, and shares that among more. */
function live(
  condition: Condition,
  fromS: number,
  seconds: number,
  provider: { capacity: number; ms?: number; troubled?: number; wanting?: boolean },
): Condition[] {
  const { capacity, ms = 500, troubled = 0, wanting = true } = provider;
  const past: Condition[] = [];
  let now = condition;
  const empty = { answered: 0, answeredMs: 0, troubled: 0, wanting };
  let window = { ...empty, sinceMs: fromS * 1000 };
  for (let second = fromS; second < fromS + seconds; second++) {
    const meanMs = ms * Math.max(1, now.allowed / capacity);
    const calls = Math.max(10, Math.round((now.allowed * 1000) / meanMs));
    const answered = Math.round(calls * (1 - troubled));
    window.answered += answered;
    window.answeredMs += answered * meanMs;
    window.troubled += calls - answered;
    const nowMs = (second + 1) * 1000;
    const next = aimd(now, window, MOST, nowMs);
    if (next) window = { ...empty, sinceMs: nowMs };
    now = next ?? now;
    past.push(now);
  }
  return past;
}

const last = (past: Condition[]) => past.at(-1) ?? firstCondition(MOST, 0);
const allowedIn = (past: Condition[]) => past.map(({ allowed }) => allowed);

test('finds the capacity within seconds and stays above it, and well below three times of it', () => {
  const past = live(firstCondition(MOST, 0), 0, 250, { capacity: 12 });
  const settled = allowedIn(past).slice(10);
  expect(Math.min(...settled)).toBeGreaterThanOrEqual(0.9 * 12);
  expect(Math.max(...settled)).toBeLessThan(2 * 12);
});

test('goes down when the provider slows down and comes back by itself', () => {
  const well = live(firstCondition(MOST, 0), 0, 60, { capacity: 40 });
  const ill = live(last(well), 60, 60, { capacity: 10 });
  expect(last(ill).allowed).toBeLessThan(20);
  const again = live(last(ill), 120, 60, { capacity: 40 });
  expect(last(again).allowed).toBeGreaterThan(36);
});

test('refusals and time-outs take it down, to an eighth and not to nothing', () => {
  const well = live(firstCondition(MOST, 0), 0, 60, { capacity: 1000 });
  expect(last(well).allowed).toBe(MOST);
  const ill = live(last(well), 60, 60, { capacity: 1000, troubled: 0.4 });
  expect(last(ill).allowed).toBe(MOST / 8);
  const again = live(last(ill), 120, 60, { capacity: 1000 });
  expect(last(again).allowed).toBe(MOST);
});

test('a provider that is slower for good is accepted as it is', () => {
  const well = live(firstCondition(MOST, 0), 0, 60, { capacity: 1000 });
  const past = live(last(well), 60, 900, { capacity: 1000, ms: 2000 });
  expect(last(past).allowed).toBe(MOST);
});

test('a limit that nobody reaches does not grow', () => {
  const past = live(firstCondition(MOST, 0), 0, 60, { capacity: 1000, wanting: false });
  expect(last(past).allowed).toBe(firstCondition(MOST, 0).allowed);
});

test('never above the maximum, never below one, whatever it sees', () => {
  const seen = fc.record({
    answered: fc.nat(100),
    troubled: fc.nat(100),
    meanMs: fc.integer({ min: 1, max: 120_000 }),
    wanting: fc.boolean(),
    seconds: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 60 }), fc.integer({ min: 1, max: 500 }), (windows, most) => {
      let now = firstCondition(most, 0);
      let nowMs = 0;
      for (const { answered, troubled, meanMs, wanting, seconds } of windows) {
        const window = { sinceMs: nowMs, answered, troubled, answeredMs: answered * meanMs, wanting };
        nowMs += seconds * 1000;
        now = aimd(now, window, most, nowMs) ?? now;
        expect(now.allowed).toBeGreaterThanOrEqual(1);
        expect(now.allowed).toBeLessThanOrEqual(most);
      }
    }),
  );
});

test('all of a limit is dealt out, nobody gets less than another that wants no more, and each has its turn', () => {
  const wants = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(wants, fc.integer({ min: 1, max: 60 }), (wanted, total) => {
      const claims = wanted.map((each, at) => ({ processId: `p${at}`, wanted: each }));
      const ever = new Set<string>();
      for (let turn = 0; turn < claims.length; turn++) {
        const dealt = evenShares(total, claims, turn);
        expect([...dealt.values()].reduce((sum, each) => sum + each, 0)).toBe(total);
        for (const one of claims) {
          const has = dealt.get(one.processId) ?? 0;
          if (has > 0) ever.add(one.processId);
          if (has >= one.wanted) continue;
          // Who lacks something lacks it because nobody has two more.
          for (const other of dealt.values()) expect(other).toBeLessThanOrEqual(has + 1);
        }
      }
      expect(claims.filter((claim) => claim.wanted > 0 && !ever.has(claim.processId))).toEqual([]);
    }),
  );
});

test('over real HTTP: up to what the provider takes, down when it takes less, and up again', async () => {
  const { databaseUrl, db } = await databaseForTest();
  const providers = await startProviders({
    seed: 1,
    latency: { kind: 'load-dependent', ms: 100, capacity: 1000 },
    limit: { concurrent: 16 },
    retryAfter: { seconds: 0, form: 'none' },
  });
  onTestFinished(() => providers.close());
  const caller = startCaller({ databaseUrl, url: providers.url, most: 32, calls: 32, firstVoice: 0 });
  onTestFinished(() => caller.kill('SIGKILL'));
  const allowed = async () =>
    (await db.selectFrom('provider_limits').select('allowed').executeTakeFirst())?.allowed ?? 0;
  const patiently = { timeout: 25_000, interval: 100 };

  await vi.waitFor(async () => expect(await allowed()).toBeGreaterThan(12), patiently);
  providers.behave({ limit: { concurrent: 6 } });
  await vi.waitFor(async () => expect(await allowed()).toBeLessThan(8), patiently);
  providers.behave({ limit: null });
  await vi.waitFor(async () => expect(await allowed()).toBeGreaterThan(16), patiently);
  await caller.stop();
});
