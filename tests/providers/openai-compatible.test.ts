import { afterEach, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import {
  createOpenAiTranscriber,
  type OpenAiOptions,
} from '../../src/speech/transcribers/openai-compatible.ts';
import { type Line, type Scripted, scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const create = (baseUrl: string, options: Partial<OpenAiOptions> = {}) => {
  const transcriber = createOpenAiTranscriber({
    baseUrl,
    model: 'whisper-1',
    concurrency: 4,
    deadlineMs: 5000,
    ...options,
  });
  open.push(transcriber);
  return transcriber;
};

async function answered(...lines: Line[]) {
  const server = await scripted(...lines);
  open.push(server);
  const transcriber = create(server.openAiUrl);
  const { segments } = await transcriber.transcribe(piece(voice(1, 2)), { signal: patient() });
  return { segments, server, transcriber };
}

const fieldsOf = async ({ asked }: Scripted, at: number) => {
  const { body, headers } = asked[at] ?? { body: Buffer.alloc(0), headers: {} };
  const response = new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  });
  return await response.formData();
};

test('it says what it is, and promises nothing that a server may not give', () => {
  expect(create('http://localhost/v1')).toMatchObject({
    provider: 'openai-compatible',
    model: 'whisper-1',
    concurrency: 4,
    capabilities: { words: false, speakers: false, longestPieceSeconds: 180, languages: [] },
  });
  expect(create('http://localhost/v1', { language: 'sv' }).capabilities.languages).toEqual(['sv']);
});

test('a server next door is asked without a key, with the format that tells most', async () => {
  const server = await scripted({ body: { text: 'Hello.' } });
  open.push(server);
  const transcriber = create(`${server.openAiUrl}/`, { language: 'sv' });
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(server.asked[0]?.url).toBe('/v1/audio/transcriptions');
  expect(server.asked[0]?.headers.authorization).toBeUndefined();
  const fields = await fieldsOf(server, 0);
  expect(fields.get('model')).toBe('whisper-1');
  expect(fields.get('language')).toBe('sv');
  expect(fields.get('response_format')).toBe('verbose_json');
  expect(fields.getAll('timestamp_granularities[]')).toEqual(['segment', 'word']);
  expect(fields.get('file')).toMatchObject({ name: 'piece.wav', type: 'audio/wav', size: 44 + 32_000 });
});

test('the times of segments are kept within the piece, and in order', async () => {
  const { segments } = await answered({
    body: {
      text: 'One two three four.',
      segments: [
        { start: -0.5, end: 0.5, text: ' One' },
        { start: 0.5, end: 0.4, text: ' two ' },
        { start: 0.6, end: 0.7, text: '  ' },
        { start: 0.9, end: 29.98, text: 'three' },
        { start: 30, end: 31, text: 'four.' },
      ],
    },
  });
  expect(segments).toEqual([
    { startMs: 0, endMs: 500, text: 'One', speaker: null },
    { startMs: 500, endMs: 500, text: 'two', speaker: null },
    { startMs: 900, endMs: 2000, text: 'three', speaker: null },
    { startMs: 2000, endMs: 2000, text: 'four.', speaker: null },
  ]);
});

test.each([
  ['nothing but text', {}],
  ['null', { segments: null, words: null }],
  ['empty lists', { segments: [], words: [] }],
  [
    'times that are none',
    { segments: [{ start: '0', end: '1', text: 'Hello.' }], words: [{ word: 'Hello' }] },
  ],
])('%s for times makes one segment of the whole piece', async (_, times) => {
  const { segments } = await answered({ body: { text: ' Hello. ', ...times } });
  expect(segments).toEqual([{ startMs: 0, endMs: 2000, text: 'Hello.', speaker: null }]);
});

test('words without segments bound the one segment', async () => {
  const words = [
    { word: 'Hello', start: 0.4, end: 0.8 },
    { word: 'there', start: 0.9, end: 1.5 },
  ];
  const { segments } = await answered({ body: { text: 'Hello there.', words } });
  expect(segments).toEqual([
    {
      startMs: 400,
      endMs: 1500,
      text: 'Hello there.',
      speaker: null,
      words: [
        { startMs: 400, endMs: 800, text: 'Hello' },
        { startMs: 900, endMs: 1500, text: 'there' },
      ],
    },
  ]);
});

test('words go to the segment in which they begin', async () => {
  const { segments } = await answered({
    body: {
      text: 'Well. Hello there.',
      segments: [
        { start: 0.2, end: 0.6, text: 'Well.' },
        { start: 0.8, end: 1.6, text: 'Hello there.' },
      ],
      words: [
        { word: 'Well', start: 0.1, end: 0.5 },
        { word: 'Hello', start: 0.8, end: 1.1 },
        { word: 'there', start: 1.1, end: 9 },
      ],
    },
  });
  expect(segments.map(({ words }) => words)).toEqual([
    [{ startMs: 200, endMs: 500, text: 'Well' }],
    [
      { startMs: 800, endMs: 1100, text: 'Hello' },
      { startMs: 1100, endMs: 1600, text: 'there' },
    ],
  ]);
});

test('names to listen for are told as the prompt', async () => {
  const server = await scripted({ body: { text: 'Hello.' } });
  open.push(server);
  const transcriber = create(server.openAiUrl, { keyterms: ['Afterword', 'Omi'] });
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect((await fieldsOf(server, 0)).get('prompt')).toBe('Afterword, Omi');
});

test('a prompt that comes back is nothing that was said, and the words beside it stay', async () => {
  const echo = 'Afterword, Omi, Ada.';
  const said = { start: 0, end: 1, text: 'Hello.' };
  const server = await scripted(
    { body: { text: echo } },
    { body: { text: `Hello. ${echo}`, segments: [said, { start: 1, end: 2, text: echo }] } },
  );
  open.push(server);
  const transcriber = create(server.openAiUrl, { keyterms: ['Afterword', 'Omi', 'Ada'] });
  const nothing = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(nothing).toMatchObject({ segments: [], unintelligible: true, guards: ['prompt_echo'] });
  const hello = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(hello).toMatchObject({
    segments: [{ text: 'Hello.' }],
    unintelligible: false,
    guards: ['prompt_echo'],
  });
});

test('a model without times is asked again without them, and remembered', async () => {
  const providers = await startProviders({ seed: 1 });
  open.push(providers);
  const transcriber = create(providers.openAiUrl, { model: 'gpt-4o-transcribe' });
  for (const number of [1, 2, 3]) {
    const answer = await transcriber.transcribe(piece(voice(number, 2)), { signal: patient() });
    expect(answer.segments).toEqual([
      { startMs: 0, endMs: 2000, text: spokenBy(voice(number, 2)), speaker: null },
    ]);
  }
  expect(providers.stats()).toMatchObject({ calls: 4, refused: 1, answered: 3 });
});

test.each([
  ['FastAPI', 422, { detail: [{ loc: ['body', 'response_format'], msg: 'Input should be json' }] }],
  ['a plain', 400, { error: 'verbose_json is not supported' }],
])('%s server that knows no verbose_json is understood as well', async (_, status, body) => {
  const { segments, server } = await answered({ status, body }, { body: { text: 'Hello.' } });
  expect(segments).toEqual([{ startMs: 0, endMs: 2000, text: 'Hello.', speaker: null }]);
  const fields = await fieldsOf(server, 1);
  expect(fields.get('response_format')).toBe('json');
  expect(fields.has('timestamp_granularities[]')).toBe(false);
});

test('a server that refuses both formats is a matter of configuration, and asked no third time', async () => {
  const server = await scripted({
    status: 400,
    body: { error: { message: 'no', param: 'response_format', code: 'unsupported_value' } },
  });
  open.push(server);
  const refused = create(server.openAiUrl).transcribe(piece(voice(1)), { signal: patient() });
  await expect(refused).rejects.toMatchObject({ code: 'configuration' });
  expect(server.asked.length).toBe(2);
});
