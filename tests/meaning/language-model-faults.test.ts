/** What three questions at once owe to each other when one of them fails; what each provider does is in conformance. */
import { expect, test } from 'vitest';
import { anAnswer, answering, failure, model, patient, simulated } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

const talk = conversation(spoken(['The safe is open.', 'I need to buy milk.']));

test('without an answer about the folder, the category has one', async () => {
  const { folder, confidence, ...others } = anAnswer;
  const { understander } = await model({ ...others, category: 'work' });
  const result = await understander.understand(talk, { signal: patient() });
  expect(result.folder).toEqual({ id: 'work', confidence: null });
  expect(result.usage).toEqual({ calls: 4, failedCalls: 2, inputTokens: 400, outputTokens: 40 });
});

test('when one question has failed for good, the others are given up', async () => {
  const { server, understander } = await answering([{ status: 401 }, { status: 503 }], {
    retry: { calls: 9, waitMs: 100, longestWaitMs: 1000 },
  });
  expect(await failure(understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'configuration',
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(server.asked.length).toBeLessThanOrEqual(3);
});

test('no more calls at once than there may be, of all conversations together', async () => {
  const { providers, understander } = await simulated({ latency: { kind: 'fixed', ms: 30 } }, { calls: 2 });
  await Promise.all([1, 2, 3].map(() => understander.understand(talk, { signal: patient() })));
  expect(providers.stats()).toMatchObject({ calls: 9, answered: 9, maxInFlight: 2 });
});
