import {
  type Category,
  type ConversationToUnderstand,
  type MadeBy,
  type Understanding,
  untitled,
} from '../understanding.ts';
import { knownTimeZone } from '../wall-clock.ts';
import { actionItemsOf } from './action-items.ts';
import { type CategorySense, categoryOf, emojis } from './category.ts';
import { diverse, type RankedSentence, rank, shortlist } from './key-sentences.ts';
import { type Vectorise, vectoriseByWords } from './nearness.ts';
import { sentencesOf, worthRanking } from './sentences.ts';
import { titleOf } from './title.ts';
import { capitalised, contentWords, looksEnglish, tokens } from './words.ts';

export const madeBy: MadeBy = { kind: 'extractive', model: 'universal-sentence-encoder-lite', version: '2' };

export interface EnglishModel {
  vectorise: Vectorise;
  categorySenses: () => Promise<readonly CategorySense[]>;
}

const mostKeyPoints = 5;
const longestOverview = 400;
const sentencesConsidered = 12;

/** Makes title, summary and tasks from sentences that were said. It composes none, so none can be wrong about what was said. */
export async function extract(
  conversation: ConversationToUnderstand,
  english: EnglishModel,
): Promise<Understanding> {
  const sentences = sentencesOf(conversation.segments);
  const candidates = shortlist(worthRanking(sentences));
  if (candidates.length === 0) return understandingOf('other', { title: untitled });

  const isEnglish = inEnglish(conversation, candidates.map((sentence) => sentence.text).join(' '));
  const vectorise = isEnglish ? english.vectorise : vectoriseByWords;
  const ranked = rank(candidates, await vectorise(candidates.map((sentence) => sentence.text)));
  const best = diverse(ranked, sentencesConsidered);
  const title = await titleOf(ranked, vectorise);
  const vectors = ranked.map((sentence) => sentence.vector);
  const category = isEnglish ? categoryOf(vectors, await english.categorySenses()) : 'other';
  const points = inOrder(ranked, best.slice(0, Math.min(mostKeyPoints, Math.ceil(ranked.length / 2))));
  return understandingOf(category, {
    title,
    overview: overviewOf(ranked, best),
    keyPoints: points.map((sentence) => ({ text: sentence.text, segmentId: sentence.segmentId })),
    actionItems: isEnglish ? actionItemsOf(sentences, knownTimeZone(conversation.timeZone)) : [],
  });
}

function understandingOf(
  category: Category,
  found: Partial<Understanding> & { title: string },
): Understanding {
  return {
    overview: '',
    keyPoints: [],
    actionItems: [],
    ...found,
    category,
    emoji: emojis[category],
    madeBy,
  };
}

function inEnglish(conversation: ConversationToUnderstand, text: string): boolean {
  const told = conversation.languages ?? [];
  if (told.length === 0) return looksEnglish(text.slice(0, 4_000));
  return told.some((tag) => /^en(?:-|$)/i.test(tag));
}

function inOrder(ranked: readonly RankedSentence[], chosen: readonly RankedSentence[]): RankedSentence[] {
  const wanted = new Set(chosen);
  return ranked.filter((sentence) => wanted.has(sentence));
}

function overviewOf(ranked: readonly RankedSentence[], best: readonly RankedSentence[]): string {
  const chosen: RankedSentence[] = [];
  let length = 0;
  const telling = best.filter((sentence) => contentWords(sentence.text).length > 0);
  for (const sentence of (telling.length > 0 ? telling : best).slice(0, 3)) {
    if (chosen.length > 0 && length + sentence.text.length > longestOverview) continue;
    chosen.push(sentence);
    length += sentence.text.length;
  }
  return inOrder(ranked, chosen)
    .map((sentence) => asSentence(sentence.text))
    .join(' ');
}

/** Adds a capital and a full stop, and leaves the words as they were said. */
function asSentence(text: string): string {
  const last = tokens(text).at(-1);
  const ended = last !== undefined && /[.!?…。！？]["'”’)\]]*$/u.test(text);
  const bare = ended ? text : text.replace(/[\s,;:–—-]+$/u, '');
  return capitalised(ended ? bare : `${bare}.`);
}
