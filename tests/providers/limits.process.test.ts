/** One limit for all processes, on a real PostgreSQL and with real processes that are really killed. */
import { setTimeout as delay } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { startProviders } from '../../simulators/providers.ts';
import { Limit } from '../../src/providers/limits/limit.ts';
import { openShareStore } from '../../src/providers/limits/share-store.ts';
import { databaseForTest, log, templateUrl } from '../support/database.ts';
import { startCaller } from './callers.ts';

const LONG = { timeout: 30_000, interval: 50 };

/** By the database's clock, as shares run out. */
const NOW_MS = 'extract(epoch FROM clock_timestamp()) * 1000';

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
    const shareStore = openShareStore(databaseUrl, log);
    const made = new Limit({ provider: 'deepgram', most, mostHere: 100, perSecond, shareStore, log });
    onTestFinished(async () => {
      await made.close();
      await shareStore.end();
    });
    return made;
  };
  const ask = async (text: string) => (await db.executeQuery(CompiledQuery.raw(text))).rows;
  return { db, ask, database: await doorOf(databaseUrl), providers, caller, limit };
}

/** Closed, the database ends all of its connections and takes no new ones. */
async function doorOf(databaseUrl: string) {
  const name = new URL(databaseUrl).pathname.slice(1);
  const admin = new pg.Client({ connectionString: (await templateUrl()).replace(/[^/]+$/, 'postgres') });
  await admin.connect();
  onTestFinished(() => admin.end());
  return {
    async shut() {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    },
    async reopen() {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    },
  };
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
  await vi.waitFor(() => expect(late.outcomes.get('answered') ?? 0).toBeGreaterThan(20), LONG);
  // The dead one's share is dealt out again, and all of the limit is in use.
  await vi.waitFor(async () => {
    const rows = await shares(here);
    expect(rows).toHaveLength(3);
    expect(rows.reduce((sum, { granted }) => sum + granted, 0)).toBe(MOST);
  }, LONG);
  await Promise.all([first.stop(), second.stop(), late.stop()]);
  expect(here.providers.stats()).toMatchObject({ maxInFlight: MOST, limited: 0 });
  for (const { outcomes } of [first, second, late]) expect(outcomes.has('empty')).toBe(false);
  // Who leaves gives its share back at once.
  expect(await shares(here)).toEqual([]);
});

test('holds while one is frozen in the middle of its calls, and when it wakes up', async () => {
  const here = await scene({ latency: { kind: 'fixed', ms: 8000 } });
  const MOST = 6;
  const frozen = here.caller(MOST, 4);
  await vi.waitFor(() => expect(here.providers.stats().inFlight).toBe(4), LONG);
  await frozen.kill('SIGSTOP');
  // As the database does with one that was frozen in the middle of a renewal.
  await here.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = 'afterword-limits'`);
  here.providers.behave({ latency: { kind: 'fixed', ms: 60 } });
  const awake = here.caller(MOST);
  const itsShare = async () =>
    await here.ask(`SELECT expires_at_ms < ${NOW_MS} - 500 AS over FROM provider_shares`);
  // Its share has run out, and the provider is still at work on its calls: two of six are free.
  await vi.waitFor(async () => expect(await itsShare()).toContainEqual({ over: true }), LONG);
  const before = awake.outcomes.get('answered') ?? 0;
  await vi.waitFor(() => expect(awake.outcomes.get('answered') ?? 0).toBeGreaterThan(before + 20), LONG);
  expect(here.providers.stats()).toMatchObject({ maxInFlight: MOST, abandoned: 0 });

  await frozen.kill('SIGCONT');
  // What it had under way it has ended itself.
  await vi.waitFor(() => expect(frozen.outcomes.get('upstream')).toBe(4), LONG);
  await vi.waitFor(() => expect(frozen.outcomes.get('answered') ?? 0).toBeGreaterThan(20), LONG);
  await Promise.all([frozen.stop(), awake.stop()]);
  expect(here.providers.stats().maxInFlight).toBe(MOST);
});

test('holds over an outage of the database, after which everybody goes on at once', async () => {
  const here = await scene({ latency: { kind: 'fixed', ms: 60 } });
  const MOST = 6;
  const all = [here.caller(MOST), here.caller(MOST), here.caller(MOST)];
  const answered = () => all.map(({ outcomes }) => outcomes.get('answered') ?? 0);
  await vi.waitFor(() => expect(Math.min(...answered())).toBeGreaterThan(20), LONG);

  await here.database.shut();
  // Nobody knows what the others do: everybody stops by its own clock.
  const calls = () => here.providers.stats().calls;
  let last = -1;
  const isStill = () => {
    const now = calls();
    const still = now === last;
    last = now;
    return still && here.providers.stats().inFlight === 0;
  };
  await vi.waitFor(() => expect(isStill()).toBe(true), { timeout: 30_000, interval: 1000 });
  await here.database.reopen();
  const before = answered();
  await vi.waitFor(() => {
    for (const [at, now] of answered().entries()) expect(now).toBeGreaterThan((before[at] ?? 0) + 20);
  }, LONG);
  await Promise.all(all.map((caller) => caller.stop()));
  expect(here.providers.stats()).toMatchObject({ maxInFlight: MOST, limited: 0 });
});

test('the share of a killed process is taken by the first renewal after its time, however young who asks is', async () => {
  const here = await scene({ latency: { kind: 'fixed', ms: 60_000 } });
  const doomed = here.caller(3, 3);
  await vi.waitFor(() => expect(here.providers.stats().inFlight).toBe(3), LONG);
  await doomed.kill('SIGKILL');
  const over = `SELECT 1 AS over FROM provider_shares WHERE expires_at_ms < ${NOW_MS}`;
  await vi.waitFor(async () => expect(await here.ask(over)).toEqual([{ over: 1 }]), LONG);
  const young = here.limit(3);
  (await young.take(forever())).end({ outcome: 'other', tookMs: 1 });
  // One row, and all of it: had it not been the first renewal, the dead one's would be there beside it.
  expect(await shares(here)).toMatchObject([{ granted: 3 }]);
});

test('a fresh installation has the eight calls of a worker at once', async () => {
  const here = await scene({});
  const mine = here.limit(64);
  // None of them ends: were they fewer, the last would wait for ever.
  const turns = await Promise.all(Array.from({ length: 8 }, () => mine.take(forever())));
  for (const turn of turns) turn.end({ outcome: 'other', tookMs: 1 });
});

test('the first call of a process waits for no other to give one up', async () => {
  const here = await scene({});
  const busy = here.limit(9);
  const turns = await Promise.all(Array.from({ length: 8 }, () => busy.take(forever())));
  const ninth = busy.take(forever());
  // None of the eight ends before this: one was kept free.
  (await here.limit(9).take(forever())).end({ outcome: 'other', tookMs: 1 });
  for (const turn of turns) turn.end({ outcome: 'other', tookMs: 1 });
  (await ninth).end({ outcome: 'other', tookMs: 1 });
});

test('a recording with all its pieces keeps no other out, and alone it has everything', async () => {
  const here = await scene({});
  const mine = here.limit(4);
  const talk = await Promise.all(Array.from({ length: 4 }, () => mine.take(forever(), 'talk')));
  const order: string[] = [];
  const wait = async (of: string) => {
    const turn = await mine.take(forever(), of);
    order.push(of);
    return turn;
  };
  const waiting = ['talk', 'talk', 'talk', 'note', 'talk', 'word', 'note'].map(wait);
  for (const turn of talk) turn.end({ outcome: 'other', tookMs: 1 });
  await vi.waitFor(() => expect(order).toHaveLength(4), LONG);
  expect(order).toEqual(['note', 'word', 'talk', 'talk']);
  for (const turn of waiting) void turn.then((taken) => taken.end({ outcome: 'other', tookMs: 1 }));
  await Promise.all(waiting);
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
  // Again and again: a renewal that is just under way writes its share anew.
  await vi.waitFor(async () => {
    await here.db.deleteFrom('provider_shares').execute();
    expect(turn.signal.aborted).toBe(true);
  }, LONG);
  expect(turn.signal.reason).toMatchObject({ name: 'ProviderError', call: 'interrupted', code: 'upstream' });
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
  turn.end({ outcome: 'refused', tookMs: 5, pauseMs: 60_000 });
  const refusal = { name: 'ProviderError', code: 'rate_limited' };
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
  (await mine.take(forever())).end({ outcome: 'refused', tookMs: 5, pauseMs: 300 });
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
  const waiting = expect(mine.take(forever())).rejects.toMatchObject({ code: 'upstream' });
  turn.signal.addEventListener('abort', () => turn.end({ outcome: 'other', tookMs: 1 }));
  await mine.close();
  await waiting;
  expect(turn.signal.aborted).toBe(true);
  await expect(mine.take(forever())).rejects.toMatchObject({ code: 'upstream' });
  expect(await shares(here)).toEqual([]);
});
