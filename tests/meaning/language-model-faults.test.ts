import { expect, test } from 'vitest';
import type { AfterwordError } from '../../src/errors.ts';
import { anAnswer, answering, brisk, completion, model, patient, simulated } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

const SECRET_WORDS = 'The password of the safe is swordfish';
const talk = conversation(spoken([SECRET_WORDS, 'I need to buy milk.']));
const understood = { title: 'The kitchen', usage: { calls: 4 } };

async function failure(work: Promise<unknown>): Promise<AfterwordError> {
  return await work.then(
    () => expect.unreachable('it should have failed'),
    (error: AfterwordError) => error,
  );
}

test.each([
  ['rate5xx', 'upstream'],
  ['halfAnswerRate', 'upstream'],
  ['wrongJsonRate', 'upstream'],
  ['emptyRate', 'upstream'],
  ['rate429', 'rate_limited'],
  ['hangRate', 'timeout'],
] as const)('%s for good is %s, never an empty conversation', async (fault, code) => {
  const { understander } = await simulated(
    { faults: { [fault]: 1 }, retryAfter: { seconds: 0 } },
    { callDeadlineMs: 200 },
  );
  const error = await failure(understander.understand(talk, { signal: patient() }));
  expect(error).toMatchObject({ name: 'AfterwordError', code });
  expect(error.message).toContain('openai-compatible:simulated');
});

test.each(['rate5xx', 'halfAnswerRate', 'wrongJsonRate', 'emptyRate', 'rate429', 'hangRate'] as const)(
  '%s now and then costs only further tries',
  async (fault) => {
    // Ten tries for a fault that comes every other time; one answer in two being of no use is more than anyone bears.
    const rate = fault === 'wrongJsonRate' || fault === 'emptyRate' ? 0.15 : 0.5;
    const { providers, understander } = await simulated(
      { seed: 5, faults: { [fault]: rate }, retryAfter: { seconds: 0 } },
      {
        callDeadlineMs: 200,
        patience: { ...brisk, tries: 10, waitMs: 1 },
        breaker: { failuresInARow: 30, openMs: 1000 },
      },
    );
    for (let nth = 0; nth < 4; nth++) {
      const again = conversation(spoken([`The password ${nth}`, 'I need to buy milk.']));
      const result = await understander.understand(again, { signal: patient() });
      expect(result.actionItems).toHaveLength(1);
    }
    const { calls, faults } = providers.stats();
    expect(faults[fault]).toBeGreaterThan(0);
    expect(calls).toBe(12 + faults[fault]);
  },
);

test('only the question that failed is asked again', async () => {
  const { server, understander } = await answering([{ status: 503 }, { body: completion(anAnswer) }]);
  expect(await understander.understand(talk, { signal: patient() })).toMatchObject(understood);
  expect(server.asked).toHaveLength(4);
});

test('Retry-After is waited for, but not for long: then the place is for others', async () => {
  const wait = (seconds: number) => [
    { status: 429, headers: { 'retry-after': String(seconds) } },
    { body: completion(anAnswer) },
  ];
  const { understander } = await answering(wait(1));
  const from = performance.now();
  expect(await understander.understand(talk, { signal: patient() })).toMatchObject(understood);
  expect(performance.now() - from).toBeGreaterThanOrEqual(995);

  const line = { status: 429, headers: { 'retry-after': '600' } };
  const { server, understander: later } = await answering([line]);
  const since = performance.now();
  expect(await failure(later.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'rate_limited',
  });
  expect(performance.now() - since).toBeLessThan(500);
  expect(server.asked.length).toBeLessThanOrEqual(3);
});

test.each([
  [
    401,
    { error: { message: 'Incorrect API key provided: sk-secret' } },
    'configuration',
    /the key was refused/,
  ],
  [403, 'no', 'configuration', /the key was refused/],
  [404, { error: { message: 'no model sk-secret' } }, 'configuration', /no such model/],
  [429, { error: { message: 'x', code: 'insufficient_quota' } }, 'configuration', /no credit left/],
  [400, { error: { message: 'maximum context length is 4096' } }, 'configuration', /_CONTEXT/],
  [400, { error: { message: 'response_format is not known' } }, 'configuration', /JSON schema/],
  [400, { error: { message: SECRET_WORDS } }, 'invalid_input', /answered 400$/],
  [422, {}, 'invalid_input', /answered 422$/],
])(
  'a refusal with %i %j is %s, at once, and tells neither key nor words',
  async (status, body, code, says) => {
    const { server, understander } = await answering([{ status, body }], { key: 'sk-secret' });
    const error = await failure(understander.understand(talk, { signal: patient() }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(server.asked.length).toBeLessThanOrEqual(3);
    const all = JSON.stringify([error, Object.entries(error), error.message, error.stack, error.cause]);
    expect(all).not.toMatch(/sk-secret|swordfish/);
  },
);

test.each([
  ['no JSON', 'Sure! Here you go:'],
  ['no object', []],
  ['without a title', { ...anAnswer, title: ' ' }],
  ['without action items', { ...anAnswer, actionItems: undefined }],
])('an answer that is %s is asked for once more, and then it is an outage', async (_, writes) => {
  const { server, understander } = await model(writes, { patience: { ...brisk, tries: 9 } });
  const error = await failure(understander.understand(talk, { signal: patient() }));
  expect(error).toMatchObject({ code: 'upstream', message: expect.stringMatching(/does not fit/) });
  const times = new Map<string, number>();
  for (const { body } of server.asked) {
    const { name } = JSON.parse(body.toString()).response_format.json_schema;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  expect(Math.max(...times.values())).toBe(2);
});

test('an answer cut off by its length, and one refused', async () => {
  const cut = await answering([{ body: completion('{"title": "The', 'length') }]);
  expect(await failure(cut.understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'upstream',
    message: expect.stringMatching(/cut off/),
  });
  const refused = await answering([{ body: completion('I cannot', 'content_filter') }]);
  expect(await failure(refused.understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'invalid_input',
  });
});

test('without an answer about the folder, the category has one', async () => {
  const { folder, confidence, ...others } = anAnswer;
  const { understander } = await model({ ...others, category: 'work' });
  const result = await understander.understand(talk, { signal: patient() });
  expect(result.folder).toEqual({ id: 'work', confidence: null });
  expect(result.usage).toEqual({ calls: 4, failedCalls: 2, inputTokens: 400, outputTokens: 40 });
});

test('nobody there', async () => {
  const { providers, understander } = await simulated();
  await providers.close();
  expect(await failure(understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'upstream',
    message: expect.stringMatching(/ECONNREFUSED/),
  });
});

test('an abort ends all calls at once, with its reason', async () => {
  const { providers, understander } = await simulated({ latency: { kind: 'fixed', ms: 5000 } });
  const stop = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => stop.abort(reason), 100);
  const from = performance.now();
  expect(await failure(understander.understand(talk, { signal: stop.signal }))).toBe(reason);
  expect(performance.now() - from).toBeLessThan(1000);
  await expect.poll(() => providers.stats()).toMatchObject({ calls: 3, abandoned: 3, inFlight: 0 });
  expect(await failure(understander.understand(talk, { signal: stop.signal }))).toBe(reason);
  expect(providers.stats().calls).toBe(3);
});

test('a deadline for all of it, and closing, end it too', async () => {
  const slow = { latency: { kind: 'fixed', ms: 5000 } } as const;
  const late = await simulated(slow, { deadlineMs: 100 });
  expect(await failure(late.understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/within 100 ms/),
  });
  const closed = await simulated(slow);
  setTimeout(() => void closed.understander.close(), 100);
  expect(await failure(closed.understander.understand(talk, { signal: patient() }))).toMatchObject({
    code: 'upstream',
    message: expect.stringMatching(/was closed/),
  });
});

test('when one question has failed for good, the others are given up', async () => {
  const { server, understander } = await answering([{ status: 401 }, { status: 503 }], {
    patience: { tries: 9, waitMs: 100, longestWaitMs: 1000 },
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
