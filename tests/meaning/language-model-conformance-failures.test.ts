/** Every language model: whatever goes wrong has a code, what can heal is tried again, and no message tells a secret. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Understander } from '../../src/meaning/understanding.ts';
import type { Scripted } from '../providers/scripted.ts';
import { ADAPTERS, type Adapter, KEY, nameOf, refuses, says } from './language-model-adapters.ts';
import { start, startScripted } from './language-model-conformance.ts';
import { anAnswer, brisk, failure, patient } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

const SECRET_WORDS = 'The password of the safe is swordfish';
const talkOf = (nth: number) => conversation(spoken([`${SECRET_WORDS} ${nth}.`, 'I need to buy milk.']));
const talk = talkOf(0);
const once = { ...brisk, calls: 1 };
/** So that nothing but the fault is seen. */
const unbroken = { failuresInARow: 100, openMs: 1000 };

const fail = (understander: Understander, of = talk) =>
  failure(understander.understand(of, { signal: patient() }));

/** How often the question was asked that was asked most often. */
function mostOften({ asked }: Scripted): number {
  const times = Map.groupBy(asked, ({ body }) => body.toString());
  return Math.max(...[...times.values()].map(({ length }) => length));
}

describe.each(ADAPTERS)('$name', (adapter) => {
  describe('fails by the kind of trouble, never with an empty conversation', () => {
    test.each([
      ['rate5xx', 'upstream'],
      ['halfAnswerRate', 'upstream'],
      ['wrongJsonRate', 'upstream'],
      ['emptyRate', 'upstream'],
      ['rate429', 'rate_limited'],
      ['hangRate', 'timeout'],
    ] as const)('%s is %s, in all its variants', async (fault, code) => {
      const { providers, understander } = await start(
        adapter,
        { faults: { [fault]: 1 } },
        { callDeadlineMs: fault === 'hangRate' ? 400 : 20_000, retry: once, breaker: unbroken },
      );
      const talks = Array.from({ length: 12 }, (_, nth) => talkOf(nth));
      for (const error of await Promise.all(talks.map((each) => fail(understander, each)))) {
        expect(error).toMatchObject({ name: 'ProviderError', code });
        expect(error.message).toContain(nameOf(adapter));
      }
      expect(providers.stats().faults[fault]).toBeGreaterThanOrEqual(12);
    });

    test.each([
      ['seconds', { seconds: 60, form: 'seconds' }, 60_000],
      ['a date', { seconds: 60, form: 'date' }, 58_000],
    ] as const)('a 429 that asks for time, in %s, is told how much', async (_, retryAfter, least) => {
      const { providers, understander } = await start(adapter, { faults: { rate429: 1 }, retryAfter });
      const { code, retryAfterMs } = await fail(understander);
      expect(code).toBe('rate_limited');
      expect(retryAfterMs).toBeGreaterThanOrEqual(least);
      expect(retryAfterMs).toBeLessThanOrEqual(61_000);
      // It was asked for longer than a call waits: the place is for others.
      expect(providers.stats().calls).toBeLessThanOrEqual(3);
    });

    test('a 429 that asks for nothing has nothing invented for it, and is tried again', async () => {
      const { providers, understander } = await start(adapter, {
        faults: { rate429: 1 },
        retryAfter: { form: 'none' },
      });
      expect(await fail(understander)).toMatchObject({ code: 'rate_limited', retryAfterMs: undefined });
      expect(Math.max(...Object.values(providers.callsByAudio()).map(({ calls }) => calls))).toBe(3);
    });

    test.each<[string, Parameters<typeof start>[1], object, RegExp]>([
      ['a wrong key', { apiKey: 'another' }, {}, /the key was refused/],
      ['a model that there is not', {}, { name: nameOf(adapter, 'no-such-model') }, /no such model/],
    ])('%s is a matter of configuration, at once', async (_, behaviour, options, says) => {
      const { providers, understander } = await start(adapter, behaviour, options);
      const error = await fail(understander);
      expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(says) });
      expect(providers.stats().calls).toBeLessThanOrEqual(3);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
    });

    test('so is an account with nothing left, as it says so', async () => {
      const { server, understander } = await startScripted(adapter, [adapter.broke]);
      const message = expect.stringMatching(/no credit left/);
      expect(await fail(understander)).toMatchObject({ code: 'configuration', message });
      expect(server.asked.length).toBeLessThanOrEqual(3);
    });

    test.each([
      [403, 'no', 'configuration', /the key was refused/],
      [405, 'no', 'configuration', /answered 405/],
      [408, 'slow', 'timeout', /answered 408/],
      [413, 'no', 'invalid_input', /answered 413$/],
      [422, 'no', 'invalid_input', /answered 422$/],
      [400, 'maximum context length is 4096', 'configuration', /_CONTEXT/],
      [400, 'the schema is too deep', 'configuration', /JSON schema/],
      [400, SECRET_WORDS, 'invalid_input', /answered 400$/],
      [501, 'no', 'upstream', /answered 501/],
      [504, 'late', 'upstream', /answered 504/],
      [529, 'Overloaded', 'upstream', /answered 529/],
    ] as const)('%i %j is %s', async (status, said, code, message) => {
      const { server, understander } = await startScripted(adapter, [refuses(adapter, status, said)], {
        retry: once,
        breaker: unbroken,
      });
      expect(await fail(understander)).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(server.asked.length).toBeLessThanOrEqual(3);
    });
  });

  describe('tries again', () => {
    test.each(['rate5xx', 'halfAnswerRate', 'wrongJsonRate', 'emptyRate', 'rate429', 'hangRate'] as const)(
      '%s now and then costs only further tries; what was answered is not asked again',
      async (fault) => {
        // Ten tries for a fault that comes every other time; one answer in two being of no use is more than anyone bears.
        const rate = fault === 'wrongJsonRate' || fault === 'emptyRate' ? 0.15 : 0.5;
        const { providers, understander } = await start(
          adapter,
          { faults: { [fault]: rate }, retryAfter: { seconds: 0 } },
          { callDeadlineMs: 200, retry: { ...brisk, calls: 10, waitMs: 1 }, breaker: unbroken },
        );
        for (let nth = 0; nth < 4; nth++) {
          const { actionItems } = await understander.understand(talkOf(nth), { signal: patient() });
          expect(actionItems).toHaveLength(1);
        }
        const { calls, faults } = providers.stats();
        expect(faults[fault]).toBeGreaterThan(0);
        expect(calls).toBe(12 + faults[fault]);
        expect(Object.keys(providers.callsByAudio())).toHaveLength(12);
      },
    );

    test('after as long as it was asked to wait', async () => {
      const { providers, understander } = await start(adapter, { faults: { rate429: 1 } });
      const from = performance.now();
      const understood = understander.understand(talk, { signal: patient() });
      await expect.poll(() => providers.stats().faults.rate429).toBe(3);
      providers.behave({ faults: { rate429: 0 } });
      expect((await understood).usage).toMatchObject({ calls: 6, failedCalls: 3 });
      expect(performance.now() - from).toBeGreaterThanOrEqual(995);
    });

    test.each([
      ['no JSON', 'Sure! Here you go:'],
      ['no object', []],
      ['without a title', { ...anAnswer, title: ' ' }],
      ['without action items', { ...anAnswer, actionItems: undefined }],
    ])('an answer that is %s once more, and then it is an outage', async (_, writes) => {
      const { server, understander } = await startScripted(adapter, [says(adapter, writes)], {
        retry: { ...brisk, calls: 9 },
      });
      const message = expect.stringMatching(/does not fit/);
      expect(await fail(understander)).toMatchObject({ code: 'upstream', message });
      expect(mostOften(server)).toBe(2);
    });

    test('an answer cut off by its length likewise, and one that it will not give not at all', async () => {
      const cut = await startScripted(adapter, [says(adapter, '{"title": "The', 'length')]);
      const message = expect.stringMatching(/cut off/);
      expect(await fail(cut.understander)).toMatchObject({ code: 'upstream', message });
      expect(mostOften(cut.server)).toBe(2);
      const refused = await startScripted(adapter, [says(adapter, 'I cannot', 'refused')]);
      expect(await fail(refused.understander)).toMatchObject({ code: 'invalid_input' });
      expect(mostOften(refused.server)).toBe(1);
    });
  });

  test('neither the key nor what was said is in any error, even when the provider repeats them', async () => {
    const repeated = `${KEY}: ${SECRET_WORDS}`;
    const statuses = [400, 401, 403, 404, 422, 429, 500];
    const lines = [
      ...statuses.map((status) => refuses(adapter, status, repeated)),
      ...statuses.map((status) => ({ status, body: repeated })),
      says(adapter, repeated),
      says(adapter, { title: repeated }),
      { body: repeated },
    ];
    for (const line of lines) {
      const { understander } = await startScripted(adapter, [line], { retry: once });
      const error = await fail(understander);
      expect(error.name).toBe('ProviderError');
      expect(seenIn(error)).not.toMatch(/swordfish|sk-afterword/);
      expect(seenIn(understander)).not.toContain(KEY);
    }
  });
});

const seenIn = (thing: unknown) => inspect(thing, { depth: 10, showHidden: true });

const adapterOf = (name: string) => ADAPTERS.find((each) => each.name === name) as Adapter;

test('what Google says to whom has only been too fast is no matter of credit, though it speaks of billing', async () => {
  const { understander } = await start(adapterOf('google'), {
    faults: { rate429: 1 },
    retryAfter: { seconds: 26 },
  });
  expect(await fail(understander)).toMatchObject({ code: 'rate_limited', retryAfterMs: 26_000 });
});

test.each([
  ['openai', 429, { code: 'billing_not_active', message: 'Your account is not active.' }],
  ['anthropic', 402, { type: 'billing_error', message: 'no' }],
  [
    'anthropic',
    429,
    { type: 'rate_limit_error', message: 'no', details: { error_code: 'enforced_spend_limit_reached' } },
  ],
] as const)('that nothing is left has many names: %s, %i %o', async (name, status, error) => {
  const line = { status, body: { type: 'error', error } };
  const { understander } = await startScripted(adapterOf(name), [line]);
  const message = expect.stringMatching(/no credit left/);
  expect(await fail(understander)).toMatchObject({ code: 'configuration', message });
});
