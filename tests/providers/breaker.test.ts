/** A provider that is down is known to be down until somebody has found out that it is not. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { createLanguageModelUnderstander } from '../../src/meaning/language-model/understander.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { guard } from '../../src/speech/transcribers/guarded.ts';
import { conversation, spoken } from '../meaning/spoken.ts';
import { patient, piece, voice } from './voices.ts';

const OPEN_MS = 400;
const FAILURES = 5;

test('a probe that is given up leaves a transcriber as it was', async () => {
  const providers = await startProviders({ seed: 1, faults: { rate5xx: 1 } });
  const transcriber = guard(
    createDeepgramTranscriber({ apiKey: 'k', baseUrl: providers.url, concurrency: 4, deadlineMs: 20_000 }),
    { closedAfterMs: OPEN_MS },
  );
  onTestFinished(async () => {
    await transcriber.close();
    await providers.close();
  });
  const ask = (number: number, signal = patient()) =>
    transcriber.transcribe(piece(voice(number)), { signal });
  for (let number = 0; number < FAILURES; number++) await expect(ask(number)).rejects.toThrow();
  await expect(ask(0)).rejects.toMatchObject({ call: 'not_made' });

  providers.behave({ faults: { rate5xx: 0 }, latency: { kind: 'fixed', ms: 60_000 } });
  await delay(OPEN_MS);
  const gone = new AbortController();
  const probe = ask(10, gone.signal);
  await expect.poll(() => providers.stats().inFlight).toBe(1);
  gone.abort('nobody wants it any more');
  await expect(probe).rejects.toBe('nobody wants it any more');
  const { calls } = providers.stats();
  await expect(ask(11)).rejects.toMatchObject({ call: 'not_made' });
  expect(providers.stats().calls).toBe(calls);

  providers.behave({ latency: { kind: 'fixed', ms: 1 } });
  await expect.poll(() => ask(12).catch(() => null), { timeout: 10_000 }).toMatchObject({ attempts: 1 });
});

test('and a language model', async () => {
  const providers = await startProviders({ seed: 1, faults: { rate5xx: 1 } });
  const understander = await createLanguageModelUnderstander({
    name: 'openai-compatible:simulated',
    url: providers.openAiUrl,
    retry: { calls: 1, waitMs: 1, longestWaitMs: 1 },
    breaker: { failuresInARow: 3, openMs: OPEN_MS },
  });
  onTestFinished(async () => {
    await understander.close();
    await providers.close();
  });
  const ask = (signal = patient()) =>
    understander.understand(conversation(spoken(['We plan the kitchen.'])), { signal });
  const reason = () => ask().then(String, String);
  await expect.poll(reason).toContain('left alone');

  providers.behave({ faults: { rate5xx: 0 }, latency: { kind: 'fixed', ms: 60_000 } });
  await delay(OPEN_MS);
  const gone = new AbortController();
  const probe = ask(gone.signal);
  await expect.poll(() => providers.stats().inFlight).toBe(1);
  gone.abort('nobody wants it any more');
  await expect(probe).rejects.toBe('nobody wants it any more');
  const { calls } = providers.stats();
  await expect(ask()).rejects.toThrow('left alone');
  expect(providers.stats().calls).toBe(calls);
});
