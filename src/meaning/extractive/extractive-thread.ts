import type { ConversationToUnderstand, Understanding } from '../understanding.ts';
import { loadEnglishModel } from './english-model.ts';
import { type EnglishModel, extract } from './extract.ts';

let model: Promise<EnglishModel> | undefined;

/** Runs in the worker thread; the model lives as long as the thread does and is loaded by the first text that needs it. */
export default function understand(conversation: ConversationToUnderstand): Promise<Understanding> {
  const loaded = () => {
    model ??= loadEnglishModel();
    return model;
  };
  return extract(conversation, {
    vectorise: async (texts) => (await loaded()).vectorise(texts),
    categorySenses: async () => (await loaded()).categorySenses(),
  });
}
