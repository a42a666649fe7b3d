import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Amounts, costAt, costMicros } from '../../src/usage/cost.ts';

const amount = fc.nat({ max: 1_000_000_000 });
const amounts = fc.record({ audioMs: amount, inputTokens: amount, outputTokens: amount });
const dollars = fc.double({ min: 0, max: 1000, noNaN: true });
const price = fc.record({
  perHour: dollars,
  perMillionInputTokens: dollars,
  perMillionOutputTokens: dollars,
});

function sum(one: Amounts, other: Amounts): Amounts {
  return {
    audioMs: one.audioMs + other.audioMs,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

const none: Amounts = { audioMs: 0, inputTokens: 0, outputTokens: 0 };

describe('the cost', () => {
  it('is what a person works out by hand', () => {
    const deepgram = { perHour: 0.26 };
    expect(costAt(deepgram, { ...none, audioMs: 3_600_000 })).toBe(260_000);
    expect(costAt(deepgram, { ...none, audioMs: 28_000 })).toBe(2022);
    const model = { perMillionInputTokens: 0.25, perMillionOutputTokens: 2 };
    expect(costAt(model, { ...none, inputTokens: 1200, outputTokens: 300 })).toBe(900);
    // Half a micro-dollar is rounded up, once, and not once for each kind of token.
    expect(costAt(model, { ...none, inputTokens: 2 })).toBe(1);
    expect(costAt(model, { ...none, inputTokens: 1 })).toBe(0);
    expect(costAt({ ...model, perHour: 0.36 }, { audioMs: 2, inputTokens: 1, outputTokens: 0 })).toBe(0);
    expect(costAt({ ...model, perHour: 0.36 }, { audioMs: 3, inputTokens: 1, outputTokens: 0 })).toBe(1);
  });

  it('does not fall when more is used, and does not hang on how the work was divided', () => {
    fc.assert(
      fc.property(price, amounts, amounts, (at, one, other) => {
        const [first, second, both] = [one, other, sum(one, other)].map((used) => costAt(at, used) ?? -1);
        if (first === undefined || second === undefined || both === undefined) throw new Error('no costs');
        expect(first).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(both)).toBe(true);
        expect(both).toBeGreaterThanOrEqual(Math.max(first, second));
        // Three roundings of half a micro-dollar each, and whole numbers.
        expect(Math.abs(both - first - second)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is unknown exactly when something was used that has no price', () => {
    const partial = fc.record(
      { perHour: dollars, perMillionInputTokens: dollars, perMillionOutputTokens: dollars },
      { requiredKeys: [] },
    );
    const sparse = fc.oneof(fc.constant(0), amount);
    const used = fc.record({ audioMs: sparse, inputTokens: sparse, outputTokens: sparse });
    fc.assert(
      fc.property(partial, used, (at, { audioMs, inputTokens, outputTokens }) => {
        const isUnknown =
          (audioMs > 0 && at.perHour === undefined) ||
          (inputTokens > 0 && at.perMillionInputTokens === undefined) ||
          (outputTokens > 0 && at.perMillionOutputTokens === undefined);
        expect(costAt(at, { audioMs, inputTokens, outputTokens }) === null).toBe(isUnknown);
      }),
    );
  });

  it('is nothing on this machine, and goes by the model before it goes by the provider', () => {
    const used = { ...none, audioMs: 3_600_000 };
    const prices = { 'deepgram:*': { perHour: 1 }, 'deepgram:nova-3': { perHour: 2 } };
    const cost = (provider: string, model: string) => costMicros(prices, { provider, model }, used);
    expect(cost('deepgram', 'nova-3')).toBe(2_000_000);
    expect(cost('deepgram', 'nova-2')).toBe(1_000_000);
    expect(cost('openai-compatible', 'nova-3')).toBeNull();
    expect(cost('local', 'moonshine-base')).toBe(0);
  });
});
