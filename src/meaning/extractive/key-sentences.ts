import { dot } from './nearness.ts';
import type { Sentence } from './sentences.ts';
import { contentWords } from './words.ts';

/** Embedding costs about 8 ms a sentence and comparing them grows with the square: five hours must take seconds. */
export const mostSentencesCompared = 400;

/** Sentences this near are two wordings of one; different ones on one subject are near 0.6 with this model. */
const sameThought = 0.9;

// USE puts unrelated English sentences at about 0.3; nearness below this carries no vote.
const unrelated = 0.2;

export interface RankedSentence extends Sentence {
  vector: Float32Array;
  score: number;
}

/**
 * Chooses the sentences to compare if there are too many: the best ones of every part of the conversation, so that the last
 * hour counts as much as the first.
 */
export function shortlist(sentences: readonly Sentence[], most = mostSentencesCompared): Sentence[] {
  if (sentences.length <= most) return [...sentences];
  const content = sentences.map((sentence) => [...new Set(contentWords(sentence.text))]);
  const heard = new Map<string, number>();
  for (const word of content.flat()) heard.set(word, (heard.get(word) ?? 0) + 1);
  // A subject is named several times; the logarithm keeps one refrain from taking every place.
  const weight = content.map(
    (words) =>
      words.reduce((sum, word) => sum + Math.log(heard.get(word) ?? 1), 0) / Math.sqrt(words.length + 4),
  );
  const stretches = Math.ceil(most / 10);
  const chosen: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * sentences.length) / stretches);
    const to = Math.floor(((stretch + 1) * sentences.length) / stretches);
    const places = Math.floor(((stretch + 1) * most) / stretches) - Math.floor((stretch * most) / stretches);
    const indices = Array.from({ length: to - from }, (_, i) => from + i);
    indices.sort((a, b) => (weight[b] ?? 0) - (weight[a] ?? 0) || a - b);
    chosen.push(...indices.slice(0, places));
  }
  return chosen.sort((a, b) => a - b).flatMap((index) => sentences[index] ?? []);
}

/** Ranks the sentences, in the order spoken, with near-duplicates merged into the first. */
export function rank(sentences: readonly Sentence[], vectors: readonly Float32Array[]): RankedSentence[] {
  const kept: RankedSentence[] = [];
  sentences.forEach((sentence, index) => {
    const vector = vectors[index];
    if (!vector || kept.some((other) => dot(other.vector, vector) >= sameThought)) return;
    kept.push({ ...sentence, vector, score: 0 });
  });
  const central = stretched(centrality(kept.map((sentence) => sentence.vector)));
  const content = kept.map((sentence) => new Set(contentWords(sentence.text)));
  const heard = new Map<string, number>();
  for (const words of content) for (const word of words) heard.set(word, (heard.get(word) ?? 0) + 1);
  return kept.map((sentence, index) => {
    const words = [...(content[index] ?? [])];
    const recurring = Math.min(1, words.filter((word) => (heard.get(word) ?? 0) > 1).length / 3);
    const score =
      0.3 * (central[index] ?? 0) +
      0.4 * fullness(words.length, sentence.text.length) +
      0.2 * recurring +
      0.1 * (1 - index / kept.length);
    return { ...sentence, score: score * standing(sentence.text) };
  });
}

/** Rates how well a sentence stands alone: questions, sentences that need the one before, and numbers read aloud do not. */
function standing(text: string): number {
  if (contentWords(text).length === 0) return 0.2;
  if (text.trimEnd().endsWith('?')) return 0.7;
  return /^(?:it|that|this|they|he|she|those|these|if|because|which|so)\b/iu.test(text) ? 0.9 : 1;
}

/** Chooses sentences by maximal marginal relevance: each is worth its score less what was chosen already says. */
export function diverse(ranked: readonly RankedSentence[], count: number): RankedSentence[] {
  const chosen: RankedSentence[] = [];
  const left = [...ranked];
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    let bestWorth = Number.NEGATIVE_INFINITY;
    left.forEach((candidate, index) => {
      const repeated = Math.max(0, ...chosen.map((other) => dot(other.vector, candidate.vector)));
      const worth = 0.7 * candidate.score - 0.3 * repeated;
      if (worth > bestWorth + 1e-6) [best, bestWorth] = [index, worth];
    });
    chosen.push(...left.splice(best, 1));
  }
  return chosen;
}

/** Computes LexRank: a sentence matters if sentences that matter resemble it. Power iteration on the damped graph. */
function centrality(vectors: readonly Float32Array[]): number[] {
  const n = vectors.length;
  const edges = vectors.map((a, i) =>
    vectors.map((b, j) => (i === j ? 0 : Math.max(0, dot(a, b) - unrelated))),
  );
  const strength = edges.map((row) => row.reduce((sum, value) => sum + value, 0));
  let value: number[] = Array.from({ length: n }, () => 1 / n);
  for (let round = 0; round < 30; round++) {
    const next: number[] = Array.from({ length: n }, () => 0.15 / n);
    edges.forEach((row, i) => {
      const share = (0.85 * (value[i] ?? 0)) / (strength[i] || 1);
      row.forEach((edge, j) => {
        next[j] = (next[j] ?? 0) + share * edge;
      });
    });
    value = next;
  }
  return value;
}

function stretched(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return values.map((value) => (range < 1e-9 ? 1 : (value - low) / range));
}

/** Rates a sentence's length: eight different content words are best; nobody reads one with far more. */
const fullness = (content: number, length: number): number =>
  Math.min(1, content / 8) * (length > 280 ? 0.7 : 1);
