/** What PostgreSQL cannot store, said by a transcriber and by a language model: paid for once, and stored all the same. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { anAnswer, completion } from '../meaning/language-models.ts';
import { ADAPTERS } from '../providers/adapters.ts';
import { scripted } from '../providers/scripted.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const endless = Array.from({ length: 5_000 }, (_, at) => `word${at}`);
const said = ['Hel\u0000lo', 'half \ud83d', '\u0007bell', ...endless];

const transcriber = await scripted(...(ADAPTERS[0]?.says(said) ?? []));
const model = await scripted({ body: completion({ ...anAnswer, title: 'The\u0000 kitchen \ud83d' }) });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: transcriber.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:scripted',
  AFTERWORD_LANGUAGE_MODEL_URL: model.openAiUrl,
});
afterAll(async () => {
  await transcriber.close();
  await model.close();
});

test('a NUL, half an emoji and words without end are stored in part, and asked for once', async () => {
  const person = new Person(server, 'strange');
  const bytes = new Uint8Array(await readFile(SPEECH));
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
  const upload = await person.uploadDone(id);
  expect(upload.files[0]).toMatchObject({ outcome: 'completed', tries: 0 });
  const pieces = await server.query((db) => db.selectFrom('pieces').selectAll().execute());
  expect(transcriber.asked).toHaveLength(pieces.length);
  expect(model.asked).toHaveLength(3);
  const [conversation] = await person.conversations();
  expect(conversation).toMatchObject({ title: 'The kitchen \ufffd', failure: null });
  for (const { guards, segments } of pieces) {
    expect(guards).toContain('too_long');
    expect(segments[0]?.text).toMatch(/^Hello half \ufffd bell word0 word1 /);
  }
  const text = conversation?.segments.map((segment) => segment.text).join(' ') ?? '';
  const seconds = pieces.reduce((sum, { start_ms, end_ms }) => sum + (end_ms - start_ms) / 1000, 0);
  expect(text.length).toBeLessThanOrEqual(seconds * 60 + 201 * pieces.length);
});
