/** Every language model: how a conversation ends that gets no answer, by the caller, the deadline, an outage, or closing. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { ADAPTERS, says } from './language-model-adapters.ts';
import { SEED, start, startScripted } from './language-model-conformance.ts';
import { anAnswer, brisk, failure, patient } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

const talk = conversation(spoken(['We plan the kitchen.', 'I need to buy milk.']));
const slow = { latency: { kind: 'fixed', ms: 30_000 } } as const;
const once = { ...brisk, calls: 1 };

describe.each(ADAPTERS)('$name', (adapter) => {
  test.each([
    ['that takes its time', slow],
    ['that hangs, within the answer or before it', { faults: { hangRate: 1 } }],
  ])('an abort ends all calls to a model %s at once, with its reason', async (_, behaviour) => {
    const { providers, understander } = await start(adapter, behaviour, { callDeadlineMs: 60_000 });
    const stop = new AbortController();
    const reason = new Error('enough');
    const failed = failure(understander.understand(talk, { signal: stop.signal }));
    await expect.poll(() => providers.stats().inFlight).toBe(3);
    const from = performance.now();
    stop.abort(reason);
    expect(await failed).toBe(reason);
    await expect.poll(() => providers.stats()).toMatchObject({ calls: 3, abandoned: 3, inFlight: 0 });
    expect(performance.now() - from).toBeLessThan(2000);
    expect(await failure(understander.understand(talk, { signal: stop.signal }))).toBe(reason);
    expect(providers.stats().calls).toBe(3);
  });

  test('so does an abort while it waits to try again', async () => {
    const { providers, understander } = await start(
      adapter,
      { faults: { rate5xx: 1 } },
      { retry: { calls: 3, waitMs: 20_000, longestWaitMs: 60_000 } },
    );
    const stop = new AbortController();
    const failed = failure(understander.understand(talk, { signal: stop.signal }));
    await expect.poll(() => providers.stats()).toMatchObject({ calls: 3, inFlight: 0 });
    const from = performance.now();
    stop.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    expect(performance.now() - from).toBeLessThan(2000);
    expect(providers.stats().calls).toBe(3);
  });

  test('a deadline for all of it ends it too', async () => {
    const { providers, understander } = await start(adapter, slow, { deadlineMs: 200 });
    const message = expect.stringMatching(/within 200 ms/);
    expect(await failure(understander.understand(talk, { signal: patient() }))).toMatchObject({
      code: 'timeout',
      message,
    });
    await expect.poll(() => providers.stats().inFlight).toBe(0);
  });

  test('closing ends what is under way and what comes later, and may be done twice', async () => {
    const { providers, understander } = await start(adapter, slow, { callDeadlineMs: 60_000 });
    const ask = () => failure(understander.understand(talk, { signal: patient() }));
    const failed = ask();
    await expect.poll(() => providers.stats().inFlight).toBe(3);
    await understander.close();
    await understander.close();
    const closed = { code: 'upstream', message: expect.stringMatching(/was closed/) };
    expect(await failed).toMatchObject(closed);
    expect(await ask()).toMatchObject(closed);
    await expect.poll(() => providers.stats()).toMatchObject({ calls: 3, abandoned: 3, inFlight: 0 });
  });

  test('a server that goes away fails what is under way, and is used again once it is back', async () => {
    const { providers, understander } = await start(adapter, slow, {
      callDeadlineMs: 60_000,
      retry: once,
    });
    const ask = () => understander.understand(talk, { signal: patient() });
    const failed = failure(ask());
    await expect.poll(() => providers.stats().inFlight).toBe(3);
    await providers.close();
    expect(await failed).toMatchObject({ code: 'upstream' });
    expect(await failure(ask())).toMatchObject({
      code: 'upstream',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
    const again = await startProviders({ seed: SEED, port: providers.port });
    onTestFinished(() => again.close());
    expect((await ask()).actionItems).toHaveLength(1);
  });

  test('only the question that failed is asked again', async () => {
    const { server, understander } = await startScripted(adapter, [{ status: 503 }, says(adapter, anAnswer)]);
    const { title, usage } = await understander.understand(talk, { signal: patient() });
    expect({ title, usage }).toMatchObject({ title: 'The kitchen', usage: { calls: 4, failedCalls: 1 } });
    const times = Map.groupBy(server.asked, ({ body }) => body.toString());
    expect([...times.values()].map(({ length }) => length).toSorted()).toEqual([1, 1, 2]);
  });
});
