import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProviderCall } from '../../src/speech/transcriber.ts';
import { sharesOf } from '../../src/usage/cost.ts';

const who = fc.record({
  provider: fc.constantFrom('deepgram', 'openai-compatible', 'local'),
  model: fc.constantFrom('a', 'b'),
});
const beside = { round: 0, link: 0, startedAtMs: 0, tookMs: 1 };
const unanswered = fc
  .tuple(
    who,
    fc.constantFrom('timeout' as const, 'rate_limited' as const, 'upstream' as const, 'not_asked' as const),
  )
  .map(([model, outcome]): ProviderCall => ({ ...model, outcome, ...beside }));

it('every call that was made is in one share, and one share has the answer', () => {
  fc.assert(
    fc.property(fc.array(unanswered), who, fc.boolean(), (before, model, wasSent) => {
      const failed = before.filter(({ outcome }) => outcome !== 'not_asked').length;
      const calls = [...before, { ...model, outcome: 'answered' as const, ...beside }];
      const shares = sharesOf(calls, { ...model, attempts: failed + (wasSent ? 1 : 0) });
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      expect(sum(shares.map((share) => share.calls))).toBe(failed + (wasSent ? 1 : 0));
      expect(sum(shares.map(({ failedCalls }) => failedCalls))).toBe(failed);
      expect(shares.map(({ answered }) => answered)).toEqual(shares.map((_, at) => at === 0));
      expect(shares[0]).toMatchObject(model);
      const keys = shares.map(({ provider, model: name }) => `${provider}:${name}`);
      expect(new Set(keys).size, 'two rows with one key').toBe(keys.length);
      for (const { answered, calls: made } of shares) expect(answered || made > 0).toBe(true);
    }),
  );
});

it('a recognizer on this machine tells no calls, and was asked once, however often it was run', () => {
  const share = { provider: 'local', model: 'moonshine-base', answered: true, failedCalls: 0 };
  const asked = (attempts: number) => sharesOf([], { provider: 'local', model: 'moonshine-base', attempts });
  expect(asked(4)).toEqual([{ ...share, calls: 1 }]);
  expect(asked(0)).toEqual([{ ...share, calls: 0 }]);
});
