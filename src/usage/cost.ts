/** Says who was called how often for one answer, and what it costs. Pure. */

import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import { type Price, type Prices, priceOf } from './prices.ts';

/** Whole numbers, none negative. */
export interface Amounts {
  audioMs: number;
  inputTokens: number;
  outputTokens: number;
}

/** The provider name of local models, which cost nothing. */
export const LOCAL = 'local';

const NANOS = 1e9;
/**
 * Micro-dollars are audioMs * nanos / (3.6e6 ms an hour * 1000) + tokens * nanos / (1e6 tokens * 1000). Both parts over
 * one denominator, 18e9, are whole numbers: 5 times the one numerator and 18 times the other.
 */
const PARTS = 18_000_000_000n;
const AUDIO_PARTS = 5n;
const TOKEN_PARTS = 18n;

/** @returns millionths of a US dollar; null when there is no price for something that was used: unknown is not nothing */
export function costMicros(
  prices: Prices,
  { provider, model }: { provider: string; model: string },
  amounts: Amounts,
): number | null {
  return provider === LOCAL ? 0 : costAt(priceOf(prices, provider, model), amounts);
}

/**
 * Prices count to the nano-dollar. The sum is exact and rounded once, half up, so that one result is wrong by half a
 * micro-dollar at most: a million of them by half a dollar.
 */
export function costAt(price: Price = {}, { audioMs, inputTokens, outputTokens }: Amounts): number | null {
  const parts = [
    partsOf(audioMs, price.perHour, AUDIO_PARTS),
    partsOf(inputTokens, price.perMillionInputTokens, TOKEN_PARTS),
    partsOf(outputTokens, price.perMillionOutputTokens, TOKEN_PARTS),
  ];
  let sum = 0n;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return Number((2n * sum + PARTS) / (2n * PARTS));
}

function partsOf(amount: number, dollars: number | undefined, parts: bigint): bigint | null {
  if (amount === 0) return 0n;
  if (dollars === undefined) return null;
  return BigInt(amount) * BigInt(Math.round(dollars * NANOS)) * parts;
}

interface Model {
  provider: string;
  model: string;
}

export interface Share extends Model {
  /** The answer came from here; of all shares in one result, exactly one. */
  answered: boolean;
  calls: number;
  failedCalls: number;
}

/**
 * The one that answered comes first, then those that failed before it. A provider that was spared because it is known
 * to be down has no share. Where no calls are told, there is one recognizer, and it was asked once.
 */
export function sharesOf(
  calls: readonly ProviderCall[],
  answer: Pick<Transcription, 'provider' | 'model' | 'attempts'>,
): [Share, ...Share[]] {
  const failures = calls.filter(({ outcome }) => outcome !== 'answered' && outcome !== 'not_asked');
  const first = { ...shareOf(answer, failures), answered: true };
  // Silence and what is too short are answered without a call: `attempts` counts no more than the failures then.
  if (answer.attempts > failures.length) first.calls++;
  const others = failures.filter((call) => !isSame(call, answer));
  const byModel = Map.groupBy(others, ({ provider, model }) => JSON.stringify([provider, model]));
  return [first, ...[...byModel.values()].flatMap(([call]) => (call ? [shareOf(call, others)] : []))];
}

function shareOf({ provider, model }: Model, failures: readonly ProviderCall[]): Share {
  const failedCalls = failures.filter((call) => isSame(call, { provider, model })).length;
  return { provider, model, answered: false, calls: failedCalls, failedCalls };
}

function isSame(one: Model, other: Model): boolean {
  return one.provider === other.provider && one.model === other.model;
}
