/** The three kinds of remote transcribers that the case is measured with, on both sides. */
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createAssemblyAiTranscriber } from '../../src/speech/transcribers/assemblyai.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';

export type Kind = 'openai' | 'deepgram' | 'assemblyai';
export const KINDS: readonly Kind[] = ['openai', 'deepgram', 'assemblyai'];
/** A worker's default. */
export const CALLS_AT_ONCE = 8;
const DEADLINE_MS = 120_000;

/** What a server of ours needs to use this kind. */
export function settingsOf(
  kind: Kind,
  { url, openAiUrl }: { url: string; openAiUrl: string },
): Record<string, string> {
  return {
    AFTERWORD_TRANSCRIBER: kind,
    AFTERWORD_TRANSCRIBER_URL: kind === 'openai' ? openAiUrl : url,
    ...(kind === 'openai'
      ? { AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1' }
      : { AFTERWORD_TRANSCRIBER_KEY: 'key' }),
  };
}

/** The same kind without a server around it. */
export function transcriberOf(
  kind: Kind,
  { url, openAiUrl }: { url: string; openAiUrl: string },
): Transcriber {
  const common = { apiKey: 'key', concurrency: CALLS_AT_ONCE, deadlineMs: DEADLINE_MS };
  switch (kind) {
    case 'openai':
      return createOpenAiTranscriber({ ...common, baseUrl: openAiUrl, model: 'whisper-1' });
    case 'deepgram':
      return createDeepgramTranscriber({ ...common, baseUrl: url });
    case 'assemblyai':
      return createAssemblyAiTranscriber({ ...common, baseUrl: url });
  }
}
