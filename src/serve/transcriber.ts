import { join } from 'node:path';
import type { Config } from '../config.ts';
import { AfterwordError } from '../errors.ts';
import type { Transcriber } from '../speech/transcriber.ts';

/** Ten times what a slow provider was seen to take; one that needs longer will not answer at all. */
const CALL_DEADLINE_MS = 120_000;

/** The transcriber that a configuration names. Only the one that is used is loaded: the local one takes 400 MB a core. */
export async function createTranscriber({ transcriber, recognizers, dataDir }: Config): Promise<Transcriber> {
  const { kind, url, key, model, calls: concurrency } = transcriber;
  const deadlineMs = CALL_DEADLINE_MS;
  switch (kind) {
    case 'local': {
      const { createMoonshine } = await import('../speech/moonshine.ts');
      return await createMoonshine({
        model: transcriber.localModel,
        threads: recognizers,
        cacheDir: join(dataDir, 'cache'),
      });
    }
    case 'openai': {
      if (!url || !model) throw missing('AFTERWORD_TRANSCRIBER_URL and AFTERWORD_TRANSCRIBER_MODEL');
      const { createOpenAiTranscriber } = await import('../speech/openai-compatible.ts');
      return createOpenAiTranscriber({ baseUrl: url, apiKey: key, model, concurrency, deadlineMs });
    }
    case 'deepgram': {
      if (!key) throw missing('AFTERWORD_TRANSCRIBER_KEY');
      const { createDeepgramTranscriber } = await import('../speech/deepgram.ts');
      return createDeepgramTranscriber({ apiKey: key, baseUrl: url, model, concurrency, deadlineMs });
    }
  }
}

function missing(variables: string): AfterwordError {
  return new AfterwordError('configuration', `AFTERWORD_TRANSCRIBER needs ${variables}.`);
}
