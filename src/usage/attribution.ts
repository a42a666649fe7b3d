/** Who was asked how often for one answer. Pure. */
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';

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
