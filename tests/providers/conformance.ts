/** What every remote adapter is put through: a simulated provider, and the adapter before it. */
import { onTestFinished } from 'vitest';
import type { BehaviourChange } from '../../simulators/behaviour.ts';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import type { Transcriber, Transcription } from '../../src/speech/transcriber.ts';
import type { Adapter, Settings } from './adapters.ts';
import { type Line, type Scripted, scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

export const SEED = 7;

export const textOf = ({ segments }: Transcription): string => segments.map(({ text }) => text).join(' ');

/** Both are closed with the test, the transcriber first. */
export async function start(
  { create }: Adapter,
  behaviour: BehaviourChange & { apiKey?: string } = {},
  settings: Settings = {},
): Promise<{ providers: Providers; transcriber: Transcriber }> {
  const providers = await startProviders({ seed: SEED, latency: { kind: 'fixed', ms: 1 }, ...behaviour });
  onTestFinished(() => providers.close());
  const transcriber = create(providers, settings);
  onTestFinished(() => transcriber.close());
  return { providers, transcriber };
}

/** Before a server that says what no simulated provider would ever say. */
export async function startScripted(
  { create }: Adapter,
  ...lines: Line[]
): Promise<{ server: Scripted; transcriber: Transcriber }> {
  const server = await scripted(...lines);
  onTestFinished(() => server.close());
  const transcriber = create(server);
  onTestFinished(() => transcriber.close());
  return { server, transcriber };
}

export async function failure(
  transcriber: Transcriber,
  samples = voice(1),
  signal = patient(),
): Promise<unknown> {
  return await transcriber.transcribe(piece(samples), { signal }).then(
    (answer) => Promise.reject(new Error(`there was an answer: ${textOf(answer)}`)),
    (error: unknown) => error,
  );
}
