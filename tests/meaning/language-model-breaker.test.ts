import { expect, test } from 'vitest';
import { anAnswer, answering, brisk, completion, failure, patient, simulated } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

const talk = conversation(spoken(['Good morning.', 'I need to buy milk.']));
const dead = { faults: { rate5xx: 1 } } as const;
const well = { faults: { rate5xx: 0 } } as const;

test('a dead model is left alone after five failures, whoever asks, and says for how long and why', async () => {
  const { providers, understander } = await simulated(dead);
  const ask = () => failure(understander.understand(talk, { signal: patient() }));
  await ask();
  // Those that were under way together when the fifth failed were asked already.
  await expect.poll(() => providers.stats().inFlight).toBe(0);
  const { calls } = providers.stats();
  expect(calls).toBeLessThanOrEqual(5 + 2);
  const errors = await Promise.all(Array.from({ length: 20 }, ask));
  expect(providers.stats().calls).toBe(calls);
  for (const { code, message, retryAfterMs } of errors) {
    expect(code).toBe('upstream');
    expect(message).toMatch(/failed 5 times in a row .* answered 50[023]/);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
  }
});

test('when its time is up one call finds out; the others of that conversation wait for it, and none is lost', async () => {
  const { providers, understander } = await simulated(dead, { breaker: { failuresInARow: 5, openMs: 300 } });
  const ask = () => understander.understand(talk, { signal: patient() });
  await failure(ask());
  providers.behave({ ...well, latency: { kind: 'fixed', ms: 100 } });
  const { calls } = providers.stats();
  await expect.poll(async () => (await ask().catch(() => null))?.actionItems).toHaveLength(1);
  expect(providers.stats()).toMatchObject({ calls: calls + 3, answered: 3 });
});

test('a dead one that is asked again costs one call each time', async () => {
  const { providers, understander } = await simulated(dead, { breaker: { failuresInARow: 5, openMs: 100 } });
  const ask = () => failure(understander.understand(talk, { signal: patient() }));
  await ask();
  await expect.poll(() => providers.stats().inFlight).toBe(0);
  const { calls } = providers.stats();
  for (let nth = 1; nth <= 3; nth++) {
    const callsAfterAsking = async () => {
      await ask();
      return providers.stats().calls;
    };
    await expect.poll(callsAfterAsking).toBe(calls + nth);
  }
});

test('refusals, and answers that are of no use, are answers of a model that is well', async () => {
  const refused = await answering([{ status: 422, body: {} }]);
  for (let nth = 0; nth < 8; nth++) {
    const error = await failure(refused.understander.understand(talk, { signal: patient() }));
    expect(error.code).toBe('invalid_input');
  }
  const garbled = await answering(
    [...Array(20).fill({ body: completion('Sure!') }), { body: completion(anAnswer) }],
    { retry: { ...brisk, calls: 1 } },
  );
  const ask = () => garbled.understander.understand(talk, { signal: patient() });
  await expect.poll(async () => (await ask().catch(() => null))?.title).toBe('The kitchen');
});
