/**
 * This file has the rules for asking a provider again. There are two layers: within one attempt the next provider is
 * asked, or the same one once more ({@link ASK_AGAIN}); between two attempts the work waits in the queue
 * (`pipeline/retry-policy.ts`).
 */
import { ProviderError } from './provider-error.ts';

/** Whether the same question may get an answer later without anybody mending something. */
export function canHeal(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  return error.code === 'timeout' || error.code === 'rate_limited' || error.code === 'upstream';
}

/**
 * Spreads a wait evenly by up to a part of it either way: calls that failed together do not come back together.
 *
 * @param part 0.5 gives half to one and a half times the wait
 */
export function jittered(ms: number, part: number, random: () => number = Math.random): number {
  return ms * (1 + part * (2 * random() - 1));
}
