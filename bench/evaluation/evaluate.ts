/** The production code path over the whole set, and what comes of it. */
import pMap from 'p-map';
import type { Understander, Understanding } from '../../src/meaning/understanding.ts';
import { normalise } from '../../src/normalise.ts';
import { conversationOf, type EvaluationCase } from './case.ts';
import { ASPECTS, type Check, checksOf } from './score.ts';

export interface Result {
  name: string;
  checks: Check[];
  page: Understanding | null;
  /** Why there is no page. */
  failure: string | null;
  tookMs: number;
}

export interface Evaluation {
  results: Result[];
  /** Of all checks, the share that passed. */
  score: number;
  /** By aspect: [passed, all]. */
  totals: Record<Check['aspect'], readonly [number, number]>;
  usage: { calls: number; inputTokens: number; outputTokens: number };
}

/** @throws the signal's reason; a model that fails is a result */
export async function evaluate(
  understander: Understander,
  cases: readonly EvaluationCase[],
  { atOnce, signal }: { atOnce: number; signal: AbortSignal },
): Promise<Evaluation> {
  const one = async (each: EvaluationCase): Promise<Result> => {
    const startedAt = performance.now();
    let page: Understanding | null = null;
    let failure: string | null = null;
    try {
      page = await understander.understand(conversationOf(each), { signal });
    } catch (error) {
      signal.throwIfAborted();
      failure = normalise(error).message;
    }
    const tookMs = Math.round(performance.now() - startedAt);
    return { name: each.name, checks: checksOf(each.expect, each.timeZone, page), page, failure, tookMs };
  };
  const results = await pMap(cases, one, { concurrency: atOnce, signal });
  const checks = results.flatMap((result) => result.checks);
  return {
    results,
    score: shareOf(checks),
    totals: Object.fromEntries(
      ASPECTS.map((aspect) => [aspect, passedOf(checks, aspect)]),
    ) as Evaluation['totals'],
    usage: {
      calls: sum(results, 'calls'),
      inputTokens: sum(results, 'inputTokens'),
      outputTokens: sum(results, 'outputTokens'),
    },
  };
}

export function passedOf(checks: readonly Check[], aspect: Check['aspect']): readonly [number, number] {
  const all = checks.filter((check) => check.aspect === aspect);
  return [all.filter(({ passed }) => passed).length, all.length];
}

export function shareOf(checks: readonly Check[]): number {
  return checks.length === 0 ? 0 : checks.filter(({ passed }) => passed).length / checks.length;
}

function sum(results: readonly Result[], of: keyof Evaluation['usage']): number {
  return results.reduce((total, { page }) => total + (page?.usage?.[of] ?? 0), 0);
}
