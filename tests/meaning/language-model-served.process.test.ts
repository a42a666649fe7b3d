import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { ConversationPage } from '../../src/api/schemas.ts';
import { formOf } from '../support/api.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';

const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
const KEY = 'sk-simulated-and-secret';

const providers = await startProviders({ seed: 1, apiKey: KEY });
afterAll(() => providers.close());
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
  AFTERWORD_TRANSCRIBER_KEY: KEY,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_LANGUAGE_MODEL_KEY: KEY,
  AFTERWORD_QUIET_MS: '100',
  AFTERWORD_LOG_LEVEL: 'trace',
});

test('a recording becomes a conversation that the configured model understood; the key is in no log', async () => {
  const audio = await readFile(new URL(`../../samples/day/${NAME}`, import.meta.url));
  const body = formOf({ [NAME]: new Uint8Array(audio) });
  const sent = await fetch(`${server.url}/api/v1/recordings`, { method: 'POST', body });
  expect(sent.status).toBe(202);
  const conversations = async () => {
    const answer = await fetch(`${server.url}/api/v1/conversations`);
    return ConversationPage.parse(await answer.json()).conversations;
  };
  const isReady = async () => (await conversations())[0]?.status === 'ready';
  await expect.poll(isReady, { timeout: 40_000, interval: 200 }).toBe(true);
  const [conversation] = await conversations();
  expect(conversation).toMatchObject({ emoji: '🗣️', madeBy: { kind: 'language-model' } });
  const row = await server.query((db) =>
    db.selectFrom('conversations').select('understanding').executeTakeFirstOrThrow(),
  );
  expect(row.understanding).toMatchObject({ usage: { calls: 3 }, folder: { confidence: 0.9 } });
  const log = await readFile(join(server.dataDir, 'afterword.log'), 'utf8');
  expect(log).toContain('the worker is ready');
  expect(log).not.toContain(KEY);
});
