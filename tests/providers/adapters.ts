import type { Providers } from '../../simulators/providers.ts';
import { createAssemblyAiTranscriber } from '../../src/speech/assemblyai.ts';
import { createDeepgramTranscriber } from '../../src/speech/deepgram.ts';
import { createOpenAiTranscriber } from '../../src/speech/openai-compatible.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';

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
  },
];
