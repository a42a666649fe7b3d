/** What every language model is put through: a simulated provider, and an understander before it. */
import { onTestFinished } from 'vitest';
import { type Providers, type ProvidersOptions, startProviders } from '../../simulators/providers.ts';
import type { LanguageModelOptions } from '../../src/meaning/language-model/understander.ts';
import type { Understander } from '../../src/meaning/understanding.ts';
import { type Line, type Scripted, scripted } from '../providers/scripted.ts';
import { type Adapter, KEY, nameOf } from './language-model-adapters.ts';
import { understanderAt } from './language-models.ts';

/** With it each fault comes, and no question meets one more often than it is asked: fates follow from the seed and the prompt. */
export const SEED = 3;

/** A simulated provider, and an understander before it that is closed first. */
export async function start(
  adapter: Adapter,
  behaviour: Partial<ProvidersOptions> = {},
  options: Partial<LanguageModelOptions> = {},
): Promise<{ providers: Providers; understander: Understander }> {
  const providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  onTestFinished(() => providers.close());
  return { providers, understander: await before(adapter, providers.url, options) };
}

/** Before a server that says what no simulated provider would ever say. */
export async function startScripted(
  adapter: Adapter,
  lines: Line[],
  options: Partial<LanguageModelOptions> = {},
): Promise<{ server: Scripted; understander: Understander }> {
  const server = await scripted(...lines);
  onTestFinished(() => server.close());
  return { server, understander: await before(adapter, server.url, options) };
}

function before(
  adapter: Adapter,
  url: string,
  options: Partial<LanguageModelOptions>,
): Promise<Understander> {
  return understanderAt(adapter.baseOf(url), { name: nameOf(adapter), key: KEY, ...options });
}
