import { untitled } from '../understanding.ts';
import type { RankedSentence } from './key-sentences.ts';
import { centroid, dot, type Vectorise } from './nearness.ts';
import { phrasesOf } from './phrases.ts';
import { isTitleworthy, standsAlone } from './titleworthy.ts';
import { capitalised, contentWords, plainWords } from './words.ts';

export const longestTitle = 60;

const sentencesConsidered = 8;
const candidatesConsidered = 32;

/** People announce their subject; what follows is the best title a conversation has. */
const announced =
  /\b(?:(?:talk|talking|chat|speak|speaking|meeting is|call is|here) (?:today )?about|discuss|discussing|the (?:topic|subject|agenda)(?: for)?(?: today)? is|go over|going over|(?:get started|start|begin|kick off) with|next (?:point|item|topic) is)\s+(.+)$/i;

interface Candidate {
  text: string;
  prior: number;
}

export async function titleOf(ranked: readonly RankedSentence[], vectorise: Vectorise): Promise<string> {
  const best = [...ranked].sort((a, b) => b.score - a.score).slice(0, sentencesConsidered);
  const announcing = ranked.filter((sentence) => announced.test(sentence.text)).slice(0, 3);
  const candidates = [...new Set([...best, ...announcing])]
    .flatMap(candidatesOf)
    .sort((a, b) => b.prior - a.prior)
    .slice(0, candidatesConsidered);
  if (candidates.length === 0) return untitled;
  const vectors = await vectorise(candidates.map((candidate) => candidate.text));
  const subject = centroid(
    best.map((sentence) => sentence.vector),
    best.map((sentence) => sentence.score),
  );
  let chosen = untitled;
  let highest = Number.NEGATIVE_INFINITY;
  candidates.forEach((candidate, index) => {
    const vector = vectors[index];
    const score = candidate.prior + (vector ? 0.5 * dot(vector, subject) : 0);
    // The margin keeps the last digits of floating point from deciding between two machines' titles.
    if (score > highest + 1e-4) [chosen, highest] = [candidate.text, score];
  });
  return capitalised(chosen);
}

function candidatesOf(sentence: RankedSentence): Candidate[] {
  const subject = sentence.text.match(announced)?.[1];
  const named =
    subject === undefined ? [] : phrasesOf(subject, longestTitle).filter((p) => p.atSentenceStart);
  const found: Candidate[] = [
    ...phrasesOf(sentence.text, longestTitle)
      .filter(({ text, atSentenceStart }) => atSentenceStart || standsAlone(text))
      .map((phrase) => ({
        text: phrase.text,
        prior:
          prior(phrase.text, sentence) - (phrase.atSentenceStart ? 0 : 0.06) - (phrase.unfinished ? 0.15 : 0),
      })),
    ...named.map((phrase) => ({ text: phrase.text, prior: prior(phrase.text, sentence) + 0.2 })),
  ];
  // One word of a sentence is whoever it was said to, or a piece of it.
  const whole = plainWords(sentence.text).length;
  return found.filter(({ text }) => (whole === 1 || plainWords(text).length > 1) && isTitleworthy(text));
}

function prior(text: string, sentence: RankedSentence): number {
  const words = plainWords(text);
  const content = contentWords(text).length;
  const density = words.length === 0 ? 0 : content / words.length;
  const readable = Math.min(1, text.length / 24);
  const unclear = /^(?:it|this|that|he|she|they|there|i|you|we)\b/i.test(text) ? 0.05 : 0;
  const subordinate = /^(?:if|unless|when|while|because|although|though|since|than|which|who|had|as)\b/i.test(
    text,
  )
    ? 0.1
    : 0;
  return (
    0.35 * sentence.score +
    0.2 * density +
    0.15 * readable +
    0.05 * Math.min(3, content) -
    unclear -
    subordinate
  );
}
