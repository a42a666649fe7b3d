/** One limit for all processes, on a real PostgreSQL and with real processes that are really killed. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { startProviders } from '../../simulators/providers.ts';
import { Limit } from '../../src/providers/limit.ts';
import { openRenewals } from '../../src/providers/renewal.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startCaller } from './callers.ts';

const LONG = { timeout: 30_000, interval: 50 };

async function scene(behaviour: BehaviourChange) {
  const { databaseUrl, db } = await databaseForTest();
  const providers = await startProviders({ seed: 1, ...behaviour });
  onTestFinished(() => providers.close());
  let firstVoice = 0;
  const caller = (most: number, calls = 8) => {
    firstVoice += 100_000;
    const started = startCaller({ databaseUrl, url: providers.url, most, calls, firstVoice });
    onTestFinished(() => started.kill('SIGKILL'));
    return started;
  };
  const limit = (most: number, perSecond?: number) => {
    const renewals = openRenewals(databaseUrl, log);
    const made = new Limit({ provider: 'deepgram', most, mostHere: 100, perSecond, renewals, log });
    onTestFinished(async () => {
      await made.close();
      await renewals.end();
    });
    return made;
  };
  return { db, providers, caller, limit };
}

const shares = async ({ db }: Awaited<ReturnType<typeof scene>>) =>
  await db.selectFrom('provider_shares').selectAll().execute();
const forever = () => new AbortController().signal;

test('holds over three processes, also when one is killed and others come and go', async () => {
  const here = await scene({ latency: { kind: 'fixed', ms: 60 } });
  const MOST = 6;
  const first = here.caller(MOST);
  const second = here.caller(MOST);
  const doomed = here.caller(MOST);
  const all = [first, second, doomed];
  await vi.waitFor(() => {
    for (const { outcomes } of all) expect(outcomes.get('answered') ?? 0).toBeGreaterThan(20);
  }, LONG);
  expect(here.providers.stats().maxInFlight).toBe(MOST);

  await doomed.kill('SIGKILL');
  const late = here.caller(MOST);
  // The dead one's share is dealt out again, and all of the limit is in use.
  await vi.waitFor(async () => {
    const rows = await shares(here);
    expect(rows).toHaveLength(3);
    expect(rows.reduce((sum, { granted }) => sum + granted, 0)).toBe(MOST);
  }, LONG);
  await vi.waitFor(() => expect(late.outcomes.get('answered') ?? 0).toBeGreaterThan(20), LONG);
  await Promise.all([first.stop(), second.stop(), late.stop()]);
  expect(here.providers.stats()).toMatchObject({ maxInFlight: MOST, limited: 0 });
  for (const { outcomes } of [first, second, late]) expect(outcomes.has('empty')).toBe(false);
  // Who leaves gives its share back at once.
  expect(await shares(here)).toEqual([]);
});

test('a limit of one goes round, so that no process waits for ever', async () => {
  const here = await scene({ latency: { kind: 'fixed', ms: 30 } });
  const callers = [here.caller(1, 2), here.caller(1, 2)];
  await vi.waitFor(() => {
    for (const { outcomes } of callers) expect(outcomes.get('answered') ?? 0).toBeGreaterThan(5);
  }, LONG);
  await Promise.all(callers.map((caller) => caller.stop()));
  expect(here.providers.stats().maxInFlight).toBe(1);
});

test('a process that loses its share ends what it has under way', async () => {
  const here = await scene({});
  const mine = here.limit(4);
  const turn = await mine.take(forever());
  await here.db.deleteFrom('provider_shares').execute();
  await vi.waitFor(() => expect(turn.signal.aborted).toBe(true), LONG);
  expect(turn.signal.reason).toMatchObject({ name: 'ShareLost', kind: 'upstream' });
  turn.end({ outcome: 'other', tookMs: 1 });
  // And goes on with a new one.
  (await mine.take(forever())).end({ outcome: 'other', tookMs: 1 });
});

test('what a provider asks of one process is kept by all; a long pause is a typed failure', async () => {
  const here = await scene({});
  const mine = here.limit(4);
  const other = here.limit(4);
  (await other.take(forever())).end({ outcome: 'answered', tookMs: 5 });
  const turn = await mine.take(forever());
  turn.end({ outcome: 'troubled', tookMs: 5, pauseMs: 60_000 });
  const refusal = { name: 'TranscriptionError', kind: 'rate_limited' };
  await expect(mine.take(forever())).rejects.toMatchObject(refusal);
  await vi.waitFor(async () => {
    const error = await other.take(forever()).then(
      (taken) => taken.end({ outcome: 'other', tookMs: 0 }),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject(refusal);
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
  }, LONG);
});

test('a short pause is waited out', async () => {
  const here = await scene({});
  const mine = here.limit(4);
  (await mine.take(forever())).end({ outcome: 'troubled', tookMs: 5, pauseMs: 300 });
  const startedAt = performance.now();
  (await mine.take(forever())).end({ outcome: 'other', tookMs: 1 });
  expect(performance.now() - startedAt).toBeGreaterThan(295);
});

test('begins no more calls per second than it may, over two processes', async () => {
  const here = await scene({});
  const limits = [here.limit(20, 20), here.limit(20, 20)];
  const begun: number[] = [];
  const stopAt = performance.now() + 4000;
  await Promise.all(
    limits.flatMap((limit) =>
      Array.from({ length: 10 }, async () => {
        while (performance.now() < stopAt) {
          const turn = await limit.take(forever());
          begun.push(performance.now());
          await delay(10);
          turn.end({ outcome: 'answered', tookMs: 10 });
        }
      }),
    ),
  );
  const within = (at: number) => begun.filter((other) => other >= at && other < at + 1000).length;
  // One more for each process: a second holds both of its ends.
  expect(Math.max(...begun.map(within))).toBeLessThanOrEqual(22);
  expect(begun.length).toBeGreaterThan(50);
});

test('without work there is no share, and nothing is asked of the database', async () => {
  const here = await scene({});
  const mine = here.limit(4);
  (await mine.take(forever())).end({ outcome: 'answered', tookMs: 5 });
  expect(await shares(here)).toHaveLength(1);
  await vi.waitFor(async () => expect(await shares(here)).toEqual([]), LONG);
});

test('closing rejects what waits, and gives the share back', async () => {
  const here = await scene({});
  const mine = here.limit(1);
  const turn = await mine.take(forever());
  const waiting = expect(mine.take(forever())).rejects.toMatchObject({ kind: 'upstream' });
  turn.signal.addEventListener('abort', () => turn.end({ outcome: 'other', tookMs: 1 }));
  await mine.close();
  await waiting;
  expect(turn.signal.aborted).toBe(true);
  await expect(mine.take(forever())).rejects.toMatchObject({ kind: 'upstream' });
  expect(await shares(here)).toEqual([]);
});
