/** A provider that has no words for some of the speech: what is missing is told, with its seconds and its place. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { ADAPTERS } from '../providers/adapters.ts';
import { scripted } from '../providers/scripted.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const START_MS = Date.UTC(2026, 2, 3, 9);

const nothing = { body: { text: '', segments: [], words: [] } };
const words = ADAPTERS[0]?.says(['It', 'was', 'the', 'best', 'of', 'times']) ?? [];
const transcriber = await scripted(...words, nothing, ...words);
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: transcriber.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_QUIET_MS: '0',
});
afterAll(() => transcriber.close());

test('one piece without words is told by the receipt, the recording and the conversation', async () => {
  const person = new Person(server, 'half-heard');
  const bytes = new Uint8Array(await readFile(SPEECH));
  const { id } = await person.uploadTold({ name: 'speech.wav', bytes }, START_MS);
  const [file] = (await person.uploadDone(id)).files;
  const pieces = await server.query((db) =>
    db.selectFrom('pieces').select(['start_ms', 'end_ms', 'unintelligible']).orderBy('ordinal').execute(),
  );
  expect(pieces.length).toBeGreaterThan(1);
  const silent = pieces.filter(({ unintelligible }) => unintelligible);
  expect(silent).toHaveLength(1);
  const { start_ms = 0, end_ms = 0 } = silent[0] ?? {};
  const place = {
    recordingId: file?.recordingId,
    startedAtMs: START_MS + start_ms,
    endedAtMs: START_MS + end_ms,
    code: 'unintelligible',
  };
  expect(file).toMatchObject({
    outcome: 'completed',
    code: 'partly_unintelligible',
    retryable: false,
    reason: expect.stringContaining(`: ${((end_ms - start_ms) / 1000).toFixed(1)} s`),
    remedy: expect.stringContaining('speechWithoutWords'),
    speechWithoutWords: [place],
  });
  const read = await person.fetch(`/api/v1/recordings/${file?.recordingId}`);
  expect(await read.json()).toMatchObject({ code: 'partly_unintelligible', speechWithoutWords: [place] });
  const [conversation] = await person.conversations();
  expect(conversation?.speechWithoutWords).toEqual([place]);
  const moved = await person.fetch(`/api/v1/recordings/${file?.recordingId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: new Blob([JSON.stringify({ startedAtMs: START_MS + 3_600_000 })]),
  });
  // The marker goes with the sound.
  expect(await moved.json()).toMatchObject({
    code: 'partly_unintelligible',
    speechWithoutWords: [
      { ...place, startedAtMs: place.startedAtMs + 3_600_000, endedAtMs: place.endedAtMs + 3_600_000 },
    ],
  });
});
