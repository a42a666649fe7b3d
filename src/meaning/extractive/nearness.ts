import { contentWords, plainWords } from './words.ts';

/** Turns texts into unit vectors whose dot product says how near in meaning they are. */
export type Vectorise = (texts: readonly string[]) => Promise<Float32Array[]>;

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

export function centroid(vectors: readonly Float32Array[], weights?: readonly number[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, at) => {
    const weight = weights?.[at] ?? 1;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + weight * (vector[i] ?? 0);
  });
  return unit(sum);
}

const dimensions = 512;

/**
 * Measures nearness by shared words, for languages the model does not know. Words are hashed into as many dimensions as the
 * model has, so that everything after it is the same arithmetic.
 */
export const vectoriseByWords: Vectorise = async (texts) =>
  texts.map((text) => {
    const vector = new Float32Array(dimensions);
    const content = contentWords(text);
    for (const word of content.length > 0 ? content : plainWords(text)) {
      const slot = hash(word) % dimensions;
      vector[slot] = (vector[slot] ?? 0) + 1;
    }
    return unit(vector);
  });

/** Computes the FNV-1a hash. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
