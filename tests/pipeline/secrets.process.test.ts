/** What a log must never hold, with everything written down that there is to write: keys, and what people said. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Providers, startProviders } from '../../simulators/providers.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const KEYS = { refused: 'dg-key-4b1d90', good: 'sk-stt-77aa01', model: 'sk-llm-c0ffee' };

// Both refuse other keys, and repeat them when they do, as some providers really do.
const strict: Providers = await startProviders({ seed: 1, apiKey: 'another' });
const open: Providers = await startProviders({ seed: 2, apiKey: KEYS.good });
const server = useServer({
  AFTERWORD_LOG_LEVEL: 'trace',
  AFTERWORD_TRANSCRIBER: 'deepgram,openai',
  AFTERWORD_DEEPGRAM_URL: strict.url,
  AFTERWORD_DEEPGRAM_KEY: KEYS.refused,
  AFTERWORD_OPENAI_URL: open.openAiUrl,
  AFTERWORD_OPENAI_KEY: KEYS.good,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  ...simulatedModelAt(strict.openAiUrl),
  AFTERWORD_LANGUAGE_MODEL_KEY: KEYS.model,
});
afterAll(async () => {
  await strict.close();
  await open.close();
});

test('keys and words are in no log, no answer and no reason, whatever providers repeat', async () => {
  const person = new Person(server, 'secretive');
  const bytes = new Uint8Array(await readFile(SPEECH));
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
  const upload = await person.uploadDone(id);
  const [conversation] = await person.conversations();
  // All three were used: one key was refused, one was good, and the model refused the third.
  expect(upload.files[0]).toMatchObject({ outcome: 'completed' });
  expect(strict.stats().refused).toBeGreaterThanOrEqual(2);
  expect(conversation?.failure).toContain('the key was refused');

  const logs = (await readdir(server.dataDir)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(logs.map((name) => readFile(join(server.dataDir, name), 'utf8')));
  const rows = await server.query(async (db) => [
    await db.selectFrom('recordings').selectAll().execute(),
    await db.selectFrom('provider_calls').selectAll().execute(),
  ]);
  const everything = [...texts, JSON.stringify(upload), JSON.stringify(conversation), JSON.stringify(rows)];
  for (const key of Object.values(KEYS)) {
    for (const text of everything) expect(text).not.toContain(key);
  }
  const words = conversation?.segments.flatMap(({ text }) => text.replace('.', '').split(' ')) ?? [];
  expect(words.length).toBeGreaterThan(5);
  for (const text of texts) expect(words.filter((word) => text.includes(word))).toEqual([]);
});
