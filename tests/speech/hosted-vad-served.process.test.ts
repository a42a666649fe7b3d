/** The whole server with a hosted detector that is well, and then gone: no recording fails over it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { Person } from '../pipeline/person.ts';
import { useServer } from '../support/server.ts';
import { clipPath } from './clips.ts';

const KEY = 'vad-secret-0c4de1';
const STARTED_AT_MS = Date.UTC(2026, 2, 3, 9);

// Before the server starts, for its settings name them.
const transcriber = await startProviders({ seed: 1 });
const detector = await startProviders({ seed: 2, apiKey: KEY });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: transcriber.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
  AFTERWORD_VAD: 'hosted',
  AFTERWORD_VAD_URL: detector.vadUrl,
  AFTERWORD_VAD_KEY: KEY,
  AFTERWORD_LOG_LEVEL: 'trace',
});
afterAll(async () => {
  await transcriber.close();
  await detector.close();
});

let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = new Uint8Array(await readFile(clipPath('two-cities')));
});

async function heard(userId: string) {
  const person = new Person(server, userId);
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, STARTED_AT_MS);
  const [file] = (await person.uploadDone(id)).files;
  const [conversation] = await person.conversations();
  return { file, words: conversation?.segments.map(({ text }) => text).join(' ') };
}

test('while the detector is well it finds the speech', async () => {
  const { file, words } = await heard('well');
  expect(file).toMatchObject({ outcome: 'completed', timings: { vadWindows: 2, vadFallbacks: 0 } });
  expect(words).toMatch(/\w+ \w+/);
  expect(detector.stats()).toMatchObject({ calls: 2, refused: 0 });
});

test('when it is gone the same recording is heard all the same, and says how', async () => {
  await detector.close();
  const { file, words } = await heard('gone');
  expect(file).toMatchObject({ outcome: 'completed', tries: 0, timings: { vadWindows: 2, vadFallbacks: 2 } });
  expect(words).toMatch(/\w+ \w+/);
  // A third failure in a row makes it an outage, and that is told once.
  await heard('gone again');
  const log = await readFile(join(server.dataDir, 'afterword.log'), 'utf8');
  expect(log.match(/the hosted speech detector fails/g)).toHaveLength(1);
  expect(log).not.toContain(KEY);
});
