import { afterEach, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import { createDeepgramTranscriber, type DeepgramOptions } from '../../src/speech/transcribers/deepgram.ts';
import { scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const create = (baseUrl: string | undefined, options: Partial<DeepgramOptions> = {}) => {
  const transcriber = createDeepgramTranscriber({
    baseUrl,
    apiKey: 'dg-key',
    concurrency: 4,
    deadlineMs: 5000,
    ...options,
  });
  open.push(transcriber);
  return transcriber;
};

async function answerTo(body: unknown) {
  const server = await scripted({ body });
  open.push(server);
  return await create(server.url).transcribe(piece(voice(1, 2)), { signal: patient() });
}

const results = (transcript: string, utterances?: unknown) => ({
  results: { channels: [{ alternatives: [{ transcript, confidence: 0.9, words: [] }] }], utterances },
});

test('it says what it is', () => {
  const { provider, model, capabilities } = create(undefined);
  expect({ provider, model }).toEqual({ provider: 'deepgram', model: 'nova-3' });
  expect(capabilities).toMatchObject({ words: true, speakers: true, longestPieceSeconds: 180 });
  expect(capabilities.languages).toHaveLength(35);
  expect(create(undefined, { language: 'sv' }).capabilities.languages).toEqual(['sv']);
  expect(() => create(undefined, { apiKey: ' ' })).toThrow('Deepgram needs a key');
});

test('it asks for all that it can give, with the audio as the body', async () => {
  const server = await scripted({ body: results('Hello.') });
  open.push(server);
  const transcriber = create(server.url, { keyterms: ['Afterword', 'Omi & friends'] });
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  const [asked] = server.asked;
  const url = new URL(asked?.url ?? '', server.url);
  expect(url.pathname).toBe('/v1/listen');
  expect([...url.searchParams]).toEqual([
    ['model', 'nova-3'],
    ['smart_format', 'true'],
    ['punctuate', 'true'],
    ['diarize', 'true'],
    ['utterances', 'true'],
    ['detect_language', 'true'],
    ['keyterm', 'Afterword'],
    ['keyterm', 'Omi & friends'],
  ]);
  expect(asked?.headers).toMatchObject({
    authorization: 'Token dg-key',
    'content-type': 'audio/wav',
    'content-length': '32044',
  });
  expect(asked?.body.toString('latin1', 0, 4)).toBe('RIFF');
});

test('a language that is known is not detected', async () => {
  const server = await scripted({ body: results('Hej.') });
  open.push(server);
  await create(server.url, { language: 'sv' }).transcribe(piece(voice(1)), { signal: patient() });
  const { searchParams } = new URL(server.asked[0]?.url ?? '', server.url);
  expect(searchParams.get('language')).toBe('sv');
  expect(searchParams.has('detect_language')).toBe(false);
});

test('utterances become segments with their speakers', async () => {
  const { segments } = await answerTo(
    results('Hello. Hi. Well.', [
      { start: 0.1, end: 0.5, transcript: 'Hello.', speaker: 0 },
      { start: 0.6, end: 1.2, transcript: 'Hi.', speaker: 11 },
      { start: 1.3, end: 2.4, transcript: 'Well.' },
    ]),
  );
  expect(segments).toEqual([
    { startMs: 100, endMs: 500, text: 'Hello.', speaker: 'SPEAKER_00' },
    { startMs: 600, endMs: 1200, text: 'Hi.', speaker: 'SPEAKER_11' },
    { startMs: 1300, endMs: 2000, text: 'Well.', speaker: null },
  ]);
});

test('words keep their punctuation and their times, and the language is told', async () => {
  const said = results('Hej, du.', [
    {
      start: 0.1,
      end: 1.2,
      transcript: 'Hej, du.',
      speaker: 0,
      words: [
        { word: 'hej', punctuated_word: 'Hej,', start: 0.1, end: 0.4, speaker: 0 },
        { word: 'du', start: 0.5, end: 7 },
      ],
    },
  ]);
  const [channel] = said.results.channels;
  const { segments, language } = await answerTo({
    results: { ...said.results, channels: [{ ...channel, detected_language: 'sv' }] },
  });
  expect(language).toBe('sv');
  expect(segments[0]?.words).toEqual([
    { startMs: 100, endMs: 400, text: 'Hej,' },
    { startMs: 500, endMs: 1200, text: 'du' },
  ]);
});

test('a transcript without utterances is one segment', async () => {
  const { segments } = await answerTo(results('Hello.'));
  expect(segments).toEqual([{ startMs: 0, endMs: 2000, text: 'Hello.', speaker: null }]);
});

test('two voices in one piece are told apart', async () => {
  const providers = await startProviders({ seed: 1 });
  open.push(providers);
  const transcriber = create(providers.url);
  const speakers = new Set<string>();
  for (let number = 0; number < 8; number++) {
    const { segments } = await transcriber.transcribe(piece(voice(number, 7)), { signal: patient() });
    expect(segments.map(({ text }) => text).join(' ')).toBe(spokenBy(voice(number, 7)));
    speakers.add(segments.map(({ speaker }) => speaker).join(' '));
  }
  expect([...speakers].sort()).toEqual(['SPEAKER_00 SPEAKER_00', 'SPEAKER_00 SPEAKER_01']);
});
