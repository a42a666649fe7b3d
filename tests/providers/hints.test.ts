/** What a person says about their speech reaches each provider in its own words, and overrules the server's settings. */
import { expect, onTestFinished, test } from 'vitest';
import type { SpeechHints } from '../../src/speech/hints.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createAssemblyAiTranscriber } from '../../src/speech/transcribers/assemblyai.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import { type Line, scripted } from './scripted.ts';
import { patient, piece, voice } from './voices.ts';

const SERVERS = { concurrency: 1, deadlineMs: 5000, language: 'fr', keyterms: ['Server'] };

async function askedBy(
  lines: readonly Line[],
  create: (server: Awaited<ReturnType<typeof scripted>>) => Transcriber,
  hints: SpeechHints,
) {
  const server = await scripted(...lines);
  const transcriber = create(server);
  onTestFinished(async () => {
    await transcriber.close();
    await server.close();
  });
  await transcriber.transcribe(piece(voice(1)), { signal: patient(), hints });
  return server.asked;
}

async function deepgram(hints: SpeechHints) {
  const results = { channels: [{ alternatives: [{ transcript: 'Hi.', confidence: 1, words: [] }] }] };
  const [asked] = await askedBy(
    [{ body: { results } }],
    ({ url }) => createDeepgramTranscriber({ ...SERVERS, baseUrl: url, apiKey: 'k' }),
    hints,
  );
  const query = new URL(asked?.url ?? '', 'http://x').searchParams;
  return ['language', 'detect_language', 'keyterm'].map((name) => query.getAll(name));
}

async function openAi(hints: SpeechHints) {
  const [asked] = await askedBy(
    [{ body: { text: 'Hi.' } }],
    ({ openAiUrl }) => createOpenAiTranscriber({ ...SERVERS, baseUrl: openAiUrl, model: 'whisper-1' }),
    hints,
  );
  const form = asked?.body.toString('latin1') ?? '';
  return ['language', 'prompt'].map(
    (field) => new RegExp(`name="${field}"\r\n\r\n([^\r]*)\r\n`).exec(form)?.[1] ?? null,
  );
}

async function assemblyAi(hints: SpeechHints) {
  const lines = [
    { body: { upload_url: 'https://cdn.example/1' } },
    { body: { id: 'tr-1', status: 'queued' } },
    { body: { id: 'tr-1', status: 'completed', text: 'Hi.' } },
  ];
  const [, order] = await askedBy(
    lines,
    ({ url }) => createAssemblyAiTranscriber({ ...SERVERS, baseUrl: url, apiKey: 'k' }),
    hints,
  );
  const told = JSON.parse(order?.body.toString() ?? '{}');
  return [
    told.language_code,
    told.language_detection,
    told.language_detection_options?.expected_languages,
    told.keyterms_prompt,
  ];
}

test.each([
  ['nothing', {}, [['fr'], [], ['Server']]],
  ['one language', { languages: ['sv'], keyterms: ['Ada'] }, [['sv'], [], ['Ada']]],
  ['two languages', { languages: ['sv', 'en-GB', 'xx'] }, [[], ['sv', 'en'], ['Server']]],
  ['any language', { languages: [], keyterms: [] }, [[], ['true'], []]],
  ['a language that it does not know', { languages: ['xx'] }, [[], ['true'], ['Server']]],
])('Deepgram is told %s', async (_, hints, query) => {
  expect(await deepgram(hints)).toEqual(query);
});

test.each([
  ['nothing', {}, ['fr', 'Server']],
  ['one language', { languages: ['sv-SE'], keyterms: ['Ada', 'Omi'] }, ['sv', 'Ada, Omi']],
  ['two languages', { languages: ['sv', 'en'] }, [null, 'Server']],
  ['a language that it does not know', { languages: ['xx'], keyterms: [] }, [null, null]],
])('an OpenAI-compatible server is told %s', async (_, hints, fields) => {
  expect(await openAi(hints)).toEqual(fields);
});

test.each([
  ['nothing', {}, ['fr', undefined, undefined, ['Server']]],
  ['one language', { languages: ['en-GB'], keyterms: ['Ada'] }, ['en_uk', undefined, undefined, ['Ada']]],
  ['two languages', { languages: ['sv', 'en'] }, [undefined, true, ['sv', 'en'], ['Server']]],
  ['any language', { languages: [], keyterms: [] }, [undefined, true, undefined, undefined]],
])('AssemblyAI is told %s', async (_, hints, fields) => {
  expect(await assemblyAi(hints)).toEqual(fields);
});
