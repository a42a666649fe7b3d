/** What the local model does not understand goes to the next transcriber that knows more than English. */

import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { NO_RETRY } from '../../src/providers/retry.ts';
import type { ProviderCall, Transcription } from '../../src/speech/transcriber.ts';
import { chain } from '../../src/speech/transcribers/chain.ts';
import { createMoonshine } from '../../src/speech/transcribers/moonshine/moonshine.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import { CACHE_DIR, clip, piecesOf } from '../speech/clips.ts';
import { log } from '../support/database.ts';
import { patient, piece } from './voices.ts';

async function scene({ language, rate5xx = 0 }: { language?: string; rate5xx?: number } = {}) {
  const providers = await startProviders({ seed: 3, latency: { kind: 'fixed', ms: 5 }, faults: { rate5xx } });
  const local = await createMoonshine({ cacheDir: CACHE_DIR, threads: 1 });
  const remote = createOpenAiTranscriber({
    baseUrl: providers.openAiUrl,
    model: 'whisper-1',
    concurrency: 1,
    deadlineMs: 2000,
    ...(language ? { language } : {}),
  });
  const both = chain([local, remote], { log, retry: NO_RETRY });
  const calls: ProviderCall[] = [];
  onTestFinished(async () => {
    await both.close();
    await providers.close();
  });
  const ask = async (name: string): Promise<Transcription> => {
    const [first] = await piecesOf(await clip(name));
    if (!first) throw new Error(`nobody speaks in ${name}`);
    return await both.transcribe(piece(first.samples), {
      signal: patient(),
      onCall: (call) => calls.push(call),
    });
  };
  return { ask, calls };
}

test('Swedish goes to the server, English stays here', async () => {
  const { ask, calls } = await scene();
  const swedish = await ask('se10-4');
  expect(swedish).toMatchObject({ provider: 'openai-compatible' });
  expect(swedish.unsteadiness).toBeUndefined();
  expect(swedish.segments.length).toBeGreaterThan(0);
  expect(calls.map(({ provider }) => provider)).toEqual(['local', 'openai-compatible']);
  expect(await ask('two-cities')).toMatchObject({ provider: 'local' });
});

test('a server that is told to expect English is not asked', async () => {
  const { ask, calls } = await scene({ language: 'en' });
  const answer = await ask('se10-4');
  expect(answer).toMatchObject({ provider: 'local' });
  expect(answer.unsteadiness).toBeGreaterThan(0.5);
  expect(calls).toHaveLength(1);
});

test('where the server fails, what was heard here is judged with its neighbours', async () => {
  const { ask } = await scene({ rate5xx: 1 });
  const answer = await ask('se10-4');
  expect(answer).toMatchObject({ provider: 'local' });
  expect(answer.unsteadiness).toBeGreaterThan(0.5);
});
