/** This file makes the transcriber, the detector and the understander that a configuration names. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config, ServerKind } from '../config.ts';
import { AfterwordError } from '../errors.ts';
import type { FallbackUnderstander, Understander } from '../meaning/understanding.ts';
import { lazily } from '../providers/lazily.ts';
import { NO_RETRY } from '../providers/retry.ts';
import type { Transcriber } from '../speech/transcriber.ts';
import { chain, lazy } from '../speech/transcribers/chain.ts';
import { guard } from '../speech/transcribers/guarded.ts';
import { guardVad } from '../speech/vad/guarded.ts';
import { createHostedVad } from '../speech/vad/hosted-vad.ts';
import type { VoiceActivityDetector } from '../speech/voice-activity.ts';
import { KEPT } from './compiled.ts';
import type { Limits } from './limits.ts';

/** Makes the transcriber that a configuration names. It loads only what is used: the local model takes 400 MB a core. */
export async function createTranscriber(
  config: Config,
  { limits, log }: { limits: Limits | null; log: Logger },
): Promise<Transcriber> {
  const { kinds, calls: mostHere, limit: most, perSecond } = config.transcriber;
  const [first, ...others] = kinds;
  if (!first) throw missing('a name');
  // The local model alone needs no chain: its threads are the limit, it has no fallback, and a pause would not help it.
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
  const [modelDir, cacheDir] = modelDirs({ dataDir });
  return await createMoonshine({ model: transcriber.localModel, threads: recognizers, cacheDir, modelDir });
}

/** Beside what the models are made of: an installation needs them once, however many data folders it serves. */
export function modelDirs({ dataDir }: Pick<Config, 'dataDir'>): [first: string, second: string] {
  return [join(KEPT, 'models'), join(dataDir, 'cache')];
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

/** Makes the hosted detector that a configuration names. Without one Silero finds speech, in the listening threads. */
export function createDetector({ vad }: Config, log: Logger): VoiceActivityDetector | undefined {
  const { kind, url, key, calls, deadlineMs } = vad;
  if (kind === 'local' || url === undefined) return undefined;
  return guardVad(createHostedVad({ url, apiKey: key, concurrency: calls, deadlineMs }), { log });
}

/** Makes the understander that a configuration names. Only that one is loaded. */
export async function createUnderstander(
  { languageModel }: Pick<Config, 'languageModel'>,
  limits: Limits | null,
): Promise<Understander> {
  const { name, limit: most, ...options } = languageModel;
  if (name === undefined) return await loadExtractive();
  const limitOf = (model: string) => limits?.of(model, { most, mostHere: options.calls });
  const { createLanguageModelUnderstander } = await import('../meaning/language-model/understander.ts');
  return await createLanguageModelUnderstander({ name, ...options, limitOf });
}

/** Makes the extraction used while the language model is down, loaded when needed; null if all is extracted anyway. */
export function createFallback({
  languageModel,
}: Pick<Config, 'languageModel'>): FallbackUnderstander | null {
  if (languageModel.name === undefined) return null;
  const loaded = lazily(loadExtractive);
  return {
    async understand(conversation, options) {
      return await (await loaded.get()).understand(conversation, options);
    },
    close: loaded.close,
  };
}

async function loadExtractive(): Promise<Understander> {
  const { createExtractiveUnderstander } = await import('../meaning/extractive/extractive.ts');
  return createExtractiveUnderstander();
}
