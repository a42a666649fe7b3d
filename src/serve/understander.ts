import type { Config } from '../config.ts';
import type { Understander } from '../meaning/understanding.ts';

/** The understander that a configuration names. Only the one that is used is loaded. */
export async function createUnderstander({
  languageModel,
}: Pick<Config, 'languageModel'>): Promise<Understander> {
  const { name, ...options } = languageModel;
  if (name === undefined) {
    const { createExtractiveUnderstander } = await import('../meaning/extractive.ts');
    return createExtractiveUnderstander();
  }
  const { createLanguageModelUnderstander } = await import('../meaning/language-model/understander.ts');
  return await createLanguageModelUnderstander({ name, ...options });
}
