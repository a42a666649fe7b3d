/** From the settings to what is asked: every server by its own variables, alone or in a list. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import { readConfig } from '../../src/config.ts';
import { createTranscriber } from '../../src/serve/providers.ts';
import { log } from '../support/database.ts';
import { patient, piece, voice } from './voices.ts';

let providers: Providers;
beforeAll(async () => {
  providers = await startProviders({ seed: 1, apiKey: 'k' });
});
afterAll(() => providers.close());

async function configured(settings: Record<string, string>) {
  // Without a limit nothing is asked of a database.
  const transcriber = await createTranscriber(readConfig(settings), { limits: null, log });
  onTestFinished(() => transcriber.close());
  return transcriber;
}

const own = () => ({
  AFTERWORD_ASSEMBLYAI_URL: providers.url,
  AFTERWORD_ASSEMBLYAI_KEY: 'k',
  AFTERWORD_DEEPGRAM_URL: providers.url,
  AFTERWORD_DEEPGRAM_KEY: 'k',
  AFTERWORD_OPENAI_URL: providers.openAiUrl,
  AFTERWORD_OPENAI_KEY: 'k',
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
});

test.each([
  ['assemblyai', 'assemblyai', 'universal-3-5-pro,universal-2'],
  ['deepgram', 'deepgram', 'nova-3'],
  ['openai', 'openai-compatible', 'whisper-1'],
  ['assemblyai,deepgram,openai,local', 'assemblyai', 'universal-3-5-pro,universal-2'],
  ['deepgram,assemblyai', 'deepgram', 'nova-3'],
])('%s asks %s first', async (kinds, provider, model) => {
  const transcriber = await configured({ AFTERWORD_TRANSCRIBER: kinds, ...own() });
  const answer = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(answer).toMatchObject({ provider, model, segments: [{ text: spokenBy(voice(1)) }] });
});

test('the general settings are those of the first server', async () => {
  const transcriber = await configured({
    AFTERWORD_TRANSCRIBER: 'assemblyai',
    AFTERWORD_TRANSCRIBER_URL: providers.url,
    AFTERWORD_TRANSCRIBER_KEY: 'k',
    AFTERWORD_TRANSCRIBER_MODEL: 'universal-2',
    AFTERWORD_LANGUAGE: 'sv',
    AFTERWORD_KEYTERMS: 'Afterword',
  });
  const answer = await transcriber.transcribe(piece(voice(2)), { signal: patient() });
  expect(answer).toMatchObject({ provider: 'assemblyai', model: 'universal-2', language: 'sv' });
});

test('a key that is missing is told by the name of its variable', async () => {
  await expect(configured({ AFTERWORD_TRANSCRIBER: 'assemblyai' })).rejects.toThrow(
    'AFTERWORD_ASSEMBLYAI_KEY',
  );
  expect(() => readConfig({ AFTERWORD_TRANSCRIBER: 'assembly' })).toThrow('AFTERWORD_TRANSCRIBER');
});
