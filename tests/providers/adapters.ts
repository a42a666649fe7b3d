import type { Providers } from '../../simulators/providers.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createAssemblyAiTranscriber } from '../../src/speech/transcribers/assemblyai.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import type { Line } from './scripted.ts';

export const KEY = 'sk-afterword-3f9c1e77';

export interface Settings {
  deadlineMs?: number;
  concurrency?: number;
  apiKey?: string;
  model?: string;
}

type Address = Pick<Providers, 'url' | 'openAiUrl'>;

export interface Adapter {
  name: string;
  model: string;
  create: (at: Address, settings?: Settings) => Transcriber;
  /** Lines of a server that heard these words in two seconds, in its own format. */
  says: (words: readonly string[], language?: string) => Line[];
}

/** Everything that every remote adapter has to do is asked of each of these. */
export const ADAPTERS: Adapter[] = [
  {
    name: 'OpenAI-compatible',
    model: 'whisper-1',
    create: ({ openAiUrl }, settings) =>
      createOpenAiTranscriber({
        baseUrl: openAiUrl,
        apiKey: KEY,
        model: 'whisper-1',
        concurrency: 100,
        deadlineMs: 20_000,
        ...settings,
      }),
    says: (words) => {
      const text = words.join(' ');
      const timed = words.map((word) => ({ word, start: 0, end: 2 }));
      return [{ body: { text, segments: [{ start: 0, end: 2, text }], words: timed } }];
    },
  },
  {
    name: 'Deepgram',
    model: 'nova-3',
    create: ({ url }, settings) =>
      createDeepgramTranscriber({
        baseUrl: url,
        apiKey: KEY,
        concurrency: 100,
        deadlineMs: 20_000,
        ...settings,
      }),
    says: (words, detected_language = 'en') => {
      const transcript = words.join(' ');
      const timed = words.map((word) => ({ word, start: 0, end: 2 }));
      const utterances = [{ start: 0, end: 2, transcript, speaker: 0, words: timed }];
      const channels = [{ alternatives: [{ transcript }], detected_language }];
      return [{ body: { results: { channels, utterances } } }];
    },
  },
  {
    name: 'AssemblyAI',
    model: 'universal-3-5-pro,universal-2',
    create: ({ url }, settings) =>
      createAssemblyAiTranscriber({
        baseUrl: url,
        apiKey: KEY,
        concurrency: 100,
        deadlineMs: 20_000,
        // Only as patient as a test can be.
        pace: { firstMs: 10, troubleMs: 1000 },
        ...settings,
      }),
    says: (words, language_code = 'en') => {
      const text = words.join(' ');
      const timed = words.map((word) => ({ text: word, start: 0, end: 2000 }));
      const utterances = [{ start: 0, end: 2000, text, speaker: 'A', words: timed }];
      const completed = { status: 'completed', text, words: timed, utterances, language_code };
      return [
        { body: { upload_url: 'https://cdn.example/1' } },
        { body: { id: 'transcript-1', status: 'queued' } },
        { body: completed },
      ];
    },
  },
];
