import type { Config } from '../config.ts';
import type { FallbackUnderstander, Understander } from '../meaning/understanding.ts';
import { lazily } from '../providers/lazily.ts';
import type { Limits } from './limits.ts';

/** The understander that a configuration names. Only the one that is used is loaded. */
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

/** Extracts while the language model cannot be asked, loaded when that happens; null where all is extracted anyway. */
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
