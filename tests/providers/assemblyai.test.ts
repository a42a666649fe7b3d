import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { spokenBy } from '../../simulators/spoken.ts';
import {
  type AssemblyAiOptions,
  createAssemblyAiTranscriber,
} from '../../src/speech/transcribers/assemblyai.ts';
import {
  LANGUAGES,
  toLanguageCode,
  toLanguageTag,
} from '../../src/speech/transcribers/assemblyai-languages.ts';
import { type Line, scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

const PACE = { firstMs: 5, longestMs: 20, troubleMs: 5000 };

const create = (baseUrl: string | undefined, options: Partial<AssemblyAiOptions> = {}) => {
  const transcriber = createAssemblyAiTranscriber({
    baseUrl,
    apiKey: 'aai-key',
    concurrency: 4,
    deadlineMs: 5000,
    pace: PACE,
    ...options,
  });
  onTestFinished(() => transcriber.close());
  return transcriber;
};

const uploaded: Line = { body: { upload_url: 'https://cdn.example/upload/1' } };
const ordered: Line = { body: { id: 'tr-1', status: 'queued' } };
const completed = (more: object = {}) => ({ id: 'tr-1', status: 'completed', text: 'Hello.', ...more });
const underWay: Line = { body: { id: 'tr-1', status: 'processing' } };

/** What comes after the upload and the order; the last line for ever, deletions included. */
async function served(...polls: Line[]) {
  const server = await scripted(uploaded, ordered, ...polls);
  onTestFinished(() => server.close());
  return server;
}

async function answerTo(body: unknown, options: Partial<AssemblyAiOptions> = {}) {
  const server = await served({ body });
  return await create(server.url, options).transcribe(piece(voice(1, 2)), { signal: patient() });
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );

test('it says what it is', () => {
  const { provider, model, capabilities } = create(undefined);
  expect({ provider, model }).toEqual({ provider: 'assemblyai', model: 'universal-3-5-pro,universal-2' });
  expect(capabilities).toMatchObject({ words: true, speakers: true });
  expect(capabilities.languages).toContain('sv');
  expect(create(undefined, { language: 'sv' }).capabilities.languages).toEqual(['sv']);
  expect(create(undefined, { model: 'another' }).capabilities.languages).toEqual([]);
  expect(() => create(undefined, { apiKey: ' ' })).toThrow('AssemblyAI needs a key');
});

test('it uploads the audio, orders all that it can get, asks for it, and takes it away', async () => {
  const server = await served(underWay, { body: completed() });
  const transcriber = create(server.url, { keyterms: ['Afterword', 'Omi'], model: 'universal-2' });
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  await transcriber.close();
  expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /v2/upload',
    'POST /v2/transcript',
    'GET /v2/transcript/tr-1',
    'GET /v2/transcript/tr-1',
    'DELETE /v2/transcript/tr-1',
  ]);
  for (const { headers } of server.asked) expect(headers.authorization).toBe('aai-key');
  const [upload, order] = server.asked;
  expect(upload?.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': '32044',
  });
  expect(upload?.body.toString('latin1', 0, 4)).toBe('RIFF');
  expect(JSON.parse(order?.body.toString() ?? '')).toEqual({
    audio_url: 'https://cdn.example/upload/1',
    speech_models: ['universal-2'],
    speaker_labels: true,
    punctuate: true,
    format_text: true,
    language_detection: true,
    keyterms_prompt: ['Afterword', 'Omi'],
  });
});

test('a language that is known is not detected', async () => {
  const server = await served({ body: completed() });
  await create(server.url, { language: 'en-GB' }).transcribe(piece(voice(1)), { signal: patient() });
  const order = JSON.parse(server.asked[1]?.body.toString() ?? '');
  expect(order).toMatchObject({ language_code: 'en_uk' });
  expect(order).not.toHaveProperty('language_detection');
});

test('languages have their names there and here', () => {
  for (const tag of LANGUAGES) expect(toLanguageTag(toLanguageCode(tag))).toBe(tag);
  expect(['pt-BR', 'zh-Hant-TW', 'EN-us', 'de-ch', 'jv'].map(toLanguageCode)).toEqual([
    'pt',
    'zh',
    'en_us',
    'de_ch',
    'jw',
  ]);
});

test('utterances become segments with their speakers, words and language', async () => {
  const { segments, language } = await answerTo(
    completed({
      text: 'Hej, du. Ja.',
      language_code: 'en_us',
      utterances: [
        {
          start: 100,
          end: 900,
          text: 'Hej, du.',
          speaker: 'A',
          words: [
            { start: 100, end: 400, text: 'Hej,', speaker: 'A' },
            { start: 500, end: 7000, text: 'du.', speaker: 'A' },
          ],
        },
        { start: 1000, end: 2400, text: 'Ja.', speaker: 'C' },
        { start: 1900, end: 2000, text: '…', speaker: 'unknown' },
      ],
    }),
  );
  expect(language).toBe('en-US');
  expect(segments).toEqual([
    {
      startMs: 100,
      endMs: 900,
      text: 'Hej, du.',
      speaker: 'SPEAKER_00',
      words: [
        { startMs: 100, endMs: 400, text: 'Hej,' },
        { startMs: 500, endMs: 900, text: 'du.' },
      ],
    },
    { startMs: 1000, endMs: 2000, text: 'Ja.', speaker: 'SPEAKER_02' },
    { startMs: 1900, endMs: 2000, text: '…', speaker: null },
  ]);
});

test('a text without utterances reaches from its first word to its last, or over the whole piece', async () => {
  const words = [
    { start: 300, end: 500, text: 'Hello,' },
    { start: 600, end: 900, text: 'you.' },
  ];
  const { segments } = await answerTo(completed({ text: 'Hello, you.', words, utterances: null }));
  expect(segments).toMatchObject([{ startMs: 300, endMs: 900, text: 'Hello, you.' }]);
  expect((await answerTo(completed())).segments).toMatchObject([{ startMs: 0, endMs: 2000 }]);
});

test.each([
  [
    'no spoken audio, for its language',
    'language_detection cannot be performed on files with no spoken audio.',
  ],
  ['less than it takes', 'Audio duration is too short.'],
])('%s is an answer without words', async (_, error) => {
  expect(await answerTo({ id: 'tr-1', status: 'error', error })).toMatchObject({
    segments: [],
    unintelligible: true,
  });
});

test('nothing in a transcript that is completed is an answer as well', async () => {
  expect(await answerTo(completed({ text: null }))).toMatchObject({ segments: [], unintelligible: true });
});

test.each([
  ['Transcoding failed. File does not appear to contain audio. File type is text/plain.', 'invalid_input'],
  ['Download error, unable to download https://cdn.example/upload/1?key=secret', 'upstream'],
  ['Internal server error', 'upstream'],
  ['The detected language is not supported by the requested speech models.', 'configuration'],
])('a transcript that failed with "%s" is %s', async (error, kind) => {
  const failed = await failureOf(answerTo({ id: 'tr-1', status: 'error', error }));
  expect(failed).toMatchObject({ name: 'ProviderError', code: kind });
  expect((failed as Error).message).not.toContain('secret');
});

test.each([
  ['The following models are not available in this language: speaker_labels', 'configuration'],
  ["'🇸🇬' was included in the word boost list but contains unsupported characters", 'configuration'],
  ['Your current account balance is negative. Please top up to continue using the API.', 'configuration'],
  ['Invalid endpoint schema, please refer to documentation for examples.', 'configuration'],
])('an order refused with "%s" is no fault of the audio', async (error, kind) => {
  const server = await scripted(uploaded, { status: 400, body: { error } });
  onTestFinished(() => server.close());
  const asked = create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(await failureOf(asked)).toMatchObject({ name: 'ProviderError', code: kind });
});

test('an id that would lead elsewhere is none', async () => {
  const server = await scripted(uploaded, { body: { id: '../../v1/secrets', status: 'queued' } });
  onTestFinished(() => server.close());
  const asked = create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(await failureOf(asked)).toMatchObject({ code: 'upstream' });
  expect(server.asked).toHaveLength(2);
});

test('a transcript that it does not know any more is ordered anew by another attempt', async () => {
  const body = { error: 'Transcript lookup error, transcript id not found' };
  const server = await served({ status: 400, body });
  const asked = create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(await failureOf(asked)).toMatchObject({ code: 'upstream' });
});

test('a look that fails is tried again: the transcript is paid for', async () => {
  const server = await served(
    { status: 503 },
    { status: 500, body: 'no' },
    { body: completed(), cutAt: 10 },
    { body: '<html>' },
    { status: 429 },
    { status: 429, headers: { 'retry-after': '1' } },
    { body: completed() },
  );
  const from = performance.now();
  const answer = await create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(answer).toMatchObject({ attempts: 1, segments: [{ text: 'Hello.' }] });
  expect(performance.now() - from).toBeGreaterThanOrEqual(995);
  expect(server.asked.filter(({ method }) => method === 'POST')).toHaveLength(2);
});

test('whatever befalls the looks before it, the answer comes and nothing is ordered twice', async () => {
  const mishap = fc.constantFrom<Line>(
    underWay,
    { body: { id: 'tr-1', status: 'queued' } },
    { status: 500 },
    { status: 502, body: '<html>' },
    { status: 429 },
    { status: 408 },
    { body: completed(), cutAt: 10 },
    { body: '{"status":' },
    { body: { status: 'ok' } },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(mishap, { maxLength: 12 }), async (mishaps) => {
      const server = await scripted(uploaded, ordered, ...mishaps, { body: completed() });
      const transcriber = create(server.url, { pace: { ...PACE, firstMs: 1, longestMs: 2 } });
      const { segments } = await transcriber.transcribe(piece(voice(1, 0.2)), { signal: patient() });
      await transcriber.close();
      await server.close();
      expect(segments.map(({ text }) => text)).toEqual(['Hello.']);
      const asked = server.asked.map(({ method }) => method);
      expect(asked).toEqual(['POST', 'POST', ...mishaps.map(() => 'GET'), 'GET', 'DELETE']);
    }),
    { numRuns: 40 },
  );
});

test('a key that is refused halfway is refused at once', async () => {
  const server = await served({ status: 401 });
  const asked = create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(await failureOf(asked)).toMatchObject({ code: 'configuration' });
  expect(server.asked.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

test('looks that fail for longer than their time end it as the last of them did', async () => {
  const server = await served({ status: 429, headers: { 'retry-after': '600' } });
  const asked = create(server.url).transcribe(piece(voice(1)), { signal: patient() });
  expect(await failureOf(asked)).toMatchObject({ code: 'rate_limited', retryAfterMs: 600_000 });
});

test('a look that succeeds ends the trouble: what counts is how long they fail in a row', async () => {
  const busy = { status: 429, headers: { 'retry-after-ms': '600' } };
  const server = await served(busy, underWay, busy, { body: completed() });
  const pace = { ...PACE, troubleMs: 1000 };
  const answer = await create(server.url, { pace }).transcribe(piece(voice(1)), { signal: patient() });
  expect(answer.segments).toMatchObject([{ text: 'Hello.' }]);
});

test('one look that hangs is given up and followed by another', async () => {
  const server = await served({ body: completed(), hangsAt: 10 }, { body: completed() });
  const pace = { ...PACE, lookMs: 100 };
  const answer = await create(server.url, { pace }).transcribe(piece(voice(1)), { signal: patient() });
  expect(answer.segments).toMatchObject([{ text: 'Hello.' }]);
});

test('nothing of what was said is left there: read, given up, or too late', async () => {
  const providers = await startProviders({ seed: 1 });
  onTestFinished(() => providers.close());
  const transcriber = create(providers.url);
  const { segments } = await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(segments.map(({ text }) => text).join(' ')).toBe(spokenBy(voice(1)));
  await expect.poll(() => providers.stats().kept).toBe(0);

  providers.behave({ latency: { kind: 'fixed', ms: 60_000 } });
  const leaving = new AbortController();
  const left = transcriber.transcribe(piece(voice(2)), { signal: leaving.signal });
  await expect.poll(() => providers.stats().inFlight).toBe(1);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await expect.poll(() => providers.stats()).toMatchObject({ inFlight: 0, abandoned: 1 });
});

test('closing waits until what is left there has been taken away', async () => {
  const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 60_000 } });
  onTestFinished(() => providers.close());
  const transcriber = create(providers.url);
  const asked = failureOf(transcriber.transcribe(piece(voice(1)), { signal: patient() }));
  await expect.poll(() => providers.stats().inFlight).toBe(1);
  await transcriber.close();
  expect(providers.stats()).toMatchObject({ inFlight: 0, abandoned: 1 });
  expect(await asked).toMatchObject({ code: 'upstream' });
});

test('what cannot be taken away yet is tried again, and the answer has not waited for it', async () => {
  const server = await served({ body: completed() }, { status: 400 }, { status: 503 }, { body: completed() });
  const transcriber = create(server.url);
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  const removals = () => server.asked.filter(({ method }) => method === 'DELETE').length;
  await expect.poll(removals, { timeout: 10_000 }).toBe(2);
  // Without waiting for the next: what is left gets its last try.
  await transcriber.close();
  expect(removals()).toBe(3);
});

test('what cannot be taken away is told when it is given up, by its address and not by its words', async () => {
  const left: string[] = [];
  const server = await served({ body: completed() }, { status: 500, body: { error: 'not now' } });
  const transcriber = create(server.url, { onLeft: (what) => left.push(what) });
  await transcriber.transcribe(piece(voice(1)), { signal: patient() });
  expect(left).toEqual([]);
  await transcriber.close();
  expect(left).toEqual([`${new URL(server.url).host}/v2/transcript/tr-1`]);
});
