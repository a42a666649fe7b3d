import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config, ServerKind } from '../config.ts';
import { AfterwordError } from '../errors.ts';
import { NO_RETRY } from '../providers/retry.ts';
import type { Transcriber } from '../speech/transcriber.ts';
import { chain } from '../speech/transcribers/chain.ts';
import { guard } from '../speech/transcribers/guarded.ts';
import { lazy } from '../speech/transcribers/lazy.ts';
import type { Limits } from './limits.ts';

/** The transcriber that a configuration names. Of the local one only what is used is loaded: it takes 400 MB a core. */
export async function createTranscriber(
  config: Config,
  { limits, log }: { limits: Limits | null; log: Logger },
): Promise<Transcriber> {
  const { kinds, calls: mostHere, limit: most, perSecond } = config.transcriber;
  const [first, ...others] = kinds;
  if (!first) throw missing('a name');
  // On this machine its threads are the limit, there is nothing else to ask, and no pause would mend it.
  if (first === 'local' && others.length === 0)
    return chain([await loadLocal(config)], { log, retry: NO_RETRY });

  const link = async (kind: typeof first): Promise<Transcriber> => {
    if (kind === 'local') return await localWhenNeeded(config);
    const server = await createServer(kind, config, log);
    const limit = limits?.of(server.provider, { most, mostHere, perSecond });
    return guard(server, { limit });
  };
  return chain([await link(first), ...(await Promise.all(others.map(link)))], { log });
}

async function createServer(kind: ServerKind, { transcriber }: Config, log: Logger): Promise<Transcriber> {
  const { url, key, model } = transcriber[kind];
  const concurrency = transcriber.calls;
  const { language, keyterms, deadlineMs } = transcriber;
  const common = { model, language, keyterms, concurrency, deadlineMs };
  if (kind === 'openai') {
    if (!url || !model) throw missing('AFTERWORD_OPENAI_URL and AFTERWORD_OPENAI_MODEL');
    const { createOpenAiTranscriber } = await import('../speech/transcribers/openai-compatible.ts');
    return createOpenAiTranscriber({ ...common, baseUrl: url, apiKey: key, model });
  }
  if (kind === 'assemblyai') {
    if (!key) throw missing('AFTERWORD_ASSEMBLYAI_KEY');
    const { createAssemblyAiTranscriber } = await import('../speech/transcribers/assemblyai.ts');
    const onLeft = (what: string) =>
      log.warn({ what }, 'a transcript could not be deleted at its provider: delete it there');
    return createAssemblyAiTranscriber({ ...common, apiKey: key, baseUrl: url, onLeft });
  }
  if (!key) throw missing('AFTERWORD_DEEPGRAM_KEY');
  const { createDeepgramTranscriber } = await import('../speech/transcribers/deepgram.ts');
  return createDeepgramTranscriber({ ...common, apiKey: key, baseUrl: url });
}

async function loadLocal({ transcriber, recognizers, dataDir }: Config): Promise<Transcriber> {
  const { createMoonshine } = await import('../speech/transcribers/moonshine/moonshine.ts');
  return await createMoonshine({
    model: transcriber.localModel,
    threads: recognizers,
    cacheDir: join(dataDir, 'cache'),
  });
}

async function localWhenNeeded(config: Config): Promise<Transcriber> {
  const { MOONSHINE_CAPABILITIES: capabilities } = await import(
    '../speech/transcribers/moonshine/moonshine.ts'
  );
  return lazy({
    provider: 'local',
    model: `moonshine-${config.transcriber.localModel}`,
    capabilities,
    concurrency: config.recognizers,
    load: () => loadLocal(config),
  });
}

function missing(variables: string): AfterwordError {
  return new AfterwordError(
    'configuration',
    `AFTERWORD_TRANSCRIBER needs ${variables}, or AFTERWORD_TRANSCRIBER_… for the first server it names.`,
  );
}
