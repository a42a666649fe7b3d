import type { Category } from '../understanding.ts';
import { categoryExamples } from './category-examples.ts';
import { dot, type Vectorise } from './nearness.ts';

export const emojis: Record<Category, string> = {
  personal: '💭',
  education: '🎓',
  health: '🩺',
  finance: '💰',
  legal: '⚖️',
  philosophy: '🤔',
  spiritual: '🙏',
  science: '🔬',
  entrepreneurship: '🚀',
  parenting: '🍼',
  romantic: '❤️',
  travel: '✈️',
  inspiration: '✨',
  technology: '💻',
  business: '💼',
  social: '🎉',
  work: '🗂️',
  sports: '⚽',
  politics: '🏛️',
  literature: '📚',
  history: '📜',
  architecture: '🏗️',
  music: '🎵',
  weather: '🌦️',
  news: '📰',
  entertainment: '🎬',
  psychology: '🧩',
  real: '🏠',
  design: '🎨',
  family: '👪',
  economics: '📈',
  environment: '🌱',
  // Omi's own default.
  other: '🧠',
};

export interface CategorySense {
  category: Category;
  vectors: Float32Array[];
}

export async function categorySenses(vectorise: Vectorise): Promise<CategorySense[]> {
  const entries = Object.entries(categoryExamples) as [Exclude<Category, 'other'>, readonly string[]][];
  const vectors = await vectorise(entries.flatMap(([, examples]) => examples));
  let taken = 0;
  return entries.map(([category, examples]) => {
    const own = vectors.slice(taken, taken + examples.length);
    taken += examples.length;
    return { category, vectors: own };
  });
}

/** USE finds this nearness between any two English sentences, so only more than this counts. */
const unrelated = 0.3;
/** The nearest few sentences must be this near on average, or the category is chance. */
const leastNearness = 0.44;
const voices = 3;

/**
 * Chooses the category. Every sentence votes for each category with its nearness above chance, so that one line about a party
 * does not outvote a meeting, and filler votes for nothing.
 */
export function categoryOf(vectors: readonly Float32Array[], senses: readonly CategorySense[]): Category {
  let chosen: Category = 'other';
  let most = 0;
  for (const sense of senses) {
    const nearness = vectors
      .map((vector) => Math.max(...sense.vectors.map((example) => dot(vector, example))))
      .sort((a, b) => b - a);
    if (mean(nearness.slice(0, voices)) < leastNearness) continue;
    const evidence = mean(nearness.map((each) => Math.max(0, each - unrelated)));
    if (evidence > most + 1e-4) [chosen, most] = [sense.category, evidence];
  }
  return chosen;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
