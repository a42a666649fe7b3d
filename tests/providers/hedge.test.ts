/** Slow calls made a second time: the pure rule, and over real HTTP with a real limit. */
import fc from 'fast-check';
import pMap from 'p-map';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import { Limit } from '../../src/providers/limits/limit.ts';
import { openRenewals } from '../../src/providers/limits/share-store.ts';
import type { ProviderCall } from '../../src/speech/transcriber.ts';
import { chain } from '../../src/speech/transcribers/chain.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { guard } from '../../src/speech/transcribers/guarded.ts';
import { Hedge } from '../../src/speech/transcribers/hedge.ts';
import { databaseForTest, log } from '../support/database.ts';
import { patient, piece, voice } from './voices.ts';

const MOST = 32;
const LONG = { timeout: 30_000, interval: 10 };

test('second calls never come to more than their share, and few are saved up', () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(shares, fc.array(fc.boolean(), { maxLength: 400, size: 'max' }), (part, wishes) => {
      const hedge = new Hedge(part);
      const spent: number[] = [];
      for (const [at, isSlow] of wishes.entries()) {
        hedge.answered(1);
        if (!isSlow || !hedge.isAffordable) continue;
        hedge.spend();
        spent.push(at);
        expect(spent.length).toBeLessThanOrEqual(part * (at + 1) + 1e-6);
        // In any stretch that ends here: no more than its own share and the five that were saved up before.
        for (const [before, from] of spent.entries())
          expect(spent.length - before).toBeLessThanOrEqual(part * (at + 1 - from) + 5 + 1e-6);
      }
    }),
  );
});

test('slow is what 95 in 100 of the last answers were not, and nothing is before there are enough', () => {
  const past = fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(past, (tookMs) => {
      const hedge = new Hedge(1);
      for (const each of tookMs) hedge.answered(each);
      const { slowMs } = hedge;
      if (tookMs.length < 20) {
        expect(slowMs).toBeNull();
        return;
      }
      const recent = tookMs.slice(-100);
      const slower = recent.filter((each) => each > (slowMs ?? 0)).length;
      expect(slower).toBeLessThanOrEqual(0.05 * recent.length);
      expect(recent).toContain(slowMs);
    }),
  );
});

async function scene(
  behaviour: BehaviourChange,
  { share = 1, slowMs = 1000, most = MOST, deadlineMs = 20_000 },
) {
  const { databaseUrl, db } = await databaseForTest();
  const providers = await startProviders({ seed: 7, ...behaviour });
  onTestFinished(() => providers.close());
  const renewals = openRenewals(databaseUrl, log);
  onTestFinished(() => renewals.end());
  // Found already, and not to be changed: a window that never ends.
  const found = { provider: 'deepgram', allowed: most, doubles_below: null, base_ms: null };
  await db
    .insertInto('provider_limits')
    .values({ ...found, window_since_ms: Date.now() + 3_600_000 })
    .execute();
  const limit = new Limit({ provider: 'deepgram', most, mostHere: most, renewals, log });
  const hedge = new Hedge(share);
  if (slowMs > 0) for (let count = 0; count < 20; count++) hedge.answered(slowMs);
  const server = createDeepgramTranscriber({
    apiKey: 'k',
    baseUrl: providers.url,
    concurrency: most,
    deadlineMs,
  });
  const made = chain([guard(server, { limit, hedge: share > 0 ? hedge : undefined })], { log, pausesMs: [] });
  onTestFinished(() => made.close());
  const steps: ProviderCall[] = [];
  return {
    db,
    providers,
    limit,
    steps,
    ask: (samples: Float32Array, signal = patient()) =>
      made.transcribe(piece(samples), { signal, onCall: (call) => steps.push(call) }),
  };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** Its first call has reached the provider, and what the provider does from now on is another matter. */
async function asked({ ask, providers }: Scene, number: number, then: BehaviourChange) {
  const answer = ask(voice(number));
  answer.catch(() => {});
  await vi.waitFor(() => expect(providers.stats().inFlight).toBe(1), LONG);
  providers.behave(then);
  return { answer };
}

const STUCK: BehaviourChange = { latency: { kind: 'fixed', ms: 60_000 } };
const QUICK: BehaviourChange = { latency: { kind: 'fixed', ms: 5 } };
/** Longer than what is slow here, and yet an answer. */
const TARDY: BehaviourChange = { latency: { kind: 'fixed', ms: 2500 } };

test('the second call answers for the first, which is ended and says nothing of the provider', async () => {
  const here = await scene(STUCK, {});
  const answer = await (await asked(here, 1, QUICK)).answer;
  expect(answer.segments.map(({ text }) => text).join(' ')).toBe(spokenBy(voice(1)));
  expect(here.steps).toMatchObject([
    { outcome: 'cancelled', round: 0, link: 0 },
    { outcome: 'answered', round: 0, link: 0, hedge: true },
  ]);
  await vi.waitFor(
    () => expect(here.providers.stats()).toMatchObject({ calls: 2, inFlight: 0, abandoned: 1 }),
    LONG,
  );
  const window = async () =>
    await here.db.selectFrom('provider_limits').select(['window_answered', 'window_troubled']).execute();
  await vi.waitFor(
    async () => expect(await window()).toEqual([{ window_answered: 1, window_troubled: 0 }]),
    LONG,
  );
});

test('a first call that is answered after all ends the second', async () => {
  const here = await scene(TARDY, {});
  await (await asked(here, 1, STUCK)).answer;
  expect(here.steps).toMatchObject([{ outcome: 'answered' }, { outcome: 'cancelled', hedge: true }]);
});

test('a failure of the first waits for the second', async () => {
  const here = await scene({ faults: { hangRate: 1 } }, { deadlineMs: 4000 });
  await (await asked(here, 1, { faults: { hangRate: 0 }, latency: { kind: 'fixed', ms: 3500 } })).answer;
  expect(here.steps).toMatchObject([{ outcome: 'timeout' }, { outcome: 'answered', hedge: true }]);
});

test('a failure of the second waits for the first', async () => {
  const here = await scene(TARDY, {});
  await (await asked(here, 1, { ...QUICK, faults: { rate5xx: 1 } })).answer;
  expect(here.steps).toMatchObject([{ outcome: 'answered' }, { outcome: 'upstream', hedge: true }]);
});

test('when both fail it is a failure, and who leaves ends both', async () => {
  const here = await scene({ faults: { hangRate: 1 } }, { deadlineMs: 2000 });
  await expect(here.ask(voice(1))).rejects.toMatchObject({ code: 'timeout' });
  expect(here.steps).toMatchObject([{ outcome: 'timeout' }, { outcome: 'timeout', hedge: true }]);
  const leaving = new AbortController();
  const left = expect(here.ask(voice(2), leaving.signal)).rejects.toThrow('gone');
  await vi.waitFor(() => expect(here.providers.stats().inFlight).toBe(2), LONG);
  leaving.abort(new Error('gone'));
  await left;
  await vi.waitFor(() => expect(here.providers.stats().inFlight).toBe(0), LONG);
});

test('no second call where the limit has no room for it', async () => {
  const here = await scene(TARDY, { most: 1 });
  await (await asked(here, 1, QUICK)).answer;
  expect(here.providers.stats().calls).toBe(1);
});

test('no second call while the provider asks to be left alone', async () => {
  const here = await scene(TARDY, {});
  const { answer } = await asked(here, 1, QUICK);
  (await here.limit.take(patient())).end({ outcome: 'troubled', tookMs: 1, pauseMs: 4000 });
  await answer;
  expect(here.providers.stats().calls).toBe(1);
});

test('no second call while the provider is known to be down', async () => {
  const here = await scene(TARDY, {});
  const { answer } = await asked(here, 1, { ...QUICK, faults: { rate5xx: 1 } });
  for (let number = 2; number < 7; number++) await here.ask(voice(number)).catch(() => {});
  here.providers.behave({ faults: { rate5xx: 0 } });
  await answer;
  expect(here.providers.stats().calls).toBe(6);
});

test('of a provider with a long tail fewer pieces are slow, for no more calls than the budget', async () => {
  const LATENCY: BehaviourChange = { latency: { kind: 'lognormal', medianMs: 50, sigma: 1.5 } };
  const BUDGET = 0.1;
  const voices = Array.from({ length: 400 }, (_, number) => voice(number, 0.3));
  // The same seed: to the same piece the first call takes as long on both sides.
  const slowest = async (share: number) => {
    const here = await scene(LATENCY, { share, slowMs: 0 });
    const tookMs = await pMap(
      voices,
      async (samples) => {
        const turn = performance.now();
        await here.ask(samples);
        return performance.now() - turn;
      },
      { concurrency: 24 },
    );
    const p99 = tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0;
    return { ...here, p99 };
  };
  const plain = await slowest(0);
  const hedged = await slowest(BUDGET);
  expect(plain.providers.stats().calls).toBe(voices.length);
  expect(hedged.providers.stats().calls).toBeLessThanOrEqual(voices.length * (1 + BUDGET));
  const hedges = hedged.steps.filter(({ hedge }) => hedge);
  // One that was beaten at once may not have come so far.
  expect(hedged.providers.stats().calls).toBeLessThanOrEqual(voices.length + hedges.length);
  expect(hedges.filter(({ outcome }) => outcome === 'answered').length).toBeGreaterThan(5);
  console.log(
    `p99 ${Math.round(plain.p99)} ms without, ${Math.round(hedged.p99)} ms with ${hedges.length} second calls`,
  );
  expect(hedged.p99).toBeLessThan(0.85 * plain.p99);
});
