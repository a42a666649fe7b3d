/** In which ways any provider fails, whatever it is asked. */
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, type ProvidersOptions, startProviders } from '../../simulators/providers.ts';

export interface Fault {
  name: string;
  behaviour?: BehaviourChange & { apiKey?: string };
  /** Whoever asks is to have a deadline of {@link SHORT_MS}. */
  isSlow?: boolean;
  isGone?: boolean;
}

export const SEED = 7;
export const SHORT_MS = 400;

export const FAULTS: readonly Fault[] = [
  { name: 'does not answer in time', behaviour: { faults: { hangRate: 1 } }, isSlow: true },
  { name: 'half an answer', behaviour: { faults: { halfAnswerRate: 1 } } },
  { name: '429', behaviour: { faults: { rate429: 1 }, retryAfter: { form: 'none' } } },
  { name: '429, Retry-After: 1', behaviour: { faults: { rate429: 1 }, retryAfter: { seconds: 1 } } },
  { name: '429, Retry-After: 60', behaviour: { faults: { rate429: 1 }, retryAfter: { seconds: 60 } } },
  { name: '5xx', behaviour: { faults: { rate5xx: 1 } } },
  { name: '200 with wrong JSON', behaviour: { faults: { wrongJsonRate: 1 } } },
];
export const KEY_REFUSED: Fault = { name: 'the key is refused', behaviour: { apiKey: 'another' } };
export const GONE: Fault = { name: 'connection refused', isGone: true };

/** A provider with this fault, or only the address of one. */
export async function startFailing(
  { behaviour, isGone }: Fault,
  options: Pick<ProvidersOptions, 'refuses'> = {},
): Promise<{ providers: Providers; end: () => Promise<void> }> {
  const fast = { kind: 'fixed', ms: 1 } as const;
  const providers = await startProviders({ seed: SEED, latency: fast, ...options, ...behaviour });
  if (isGone) await providers.close();
  return { providers, end: async () => (isGone ? undefined : await providers.close()) };
}
