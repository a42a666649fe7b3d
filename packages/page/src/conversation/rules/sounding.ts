/** Which line and which word sounds at a time. Pure. */
import type { Row } from './rows.ts';

/** A word stays lit so long after its end, unless the next one begins. */
const AFTERGLOW_MS = 250;

/** @returns the index of the last line that has begun, sounding or not: where a reader who follows is; -1 before the first */
export function rowUpTo(rows: readonly Row[], clockMs: number): number {
  for (let index = lastBegun(rows, clockMs); index >= 0; index -= 1)
    if (rows[index]?.kind === 'line') return index;
  return -1;
}

function lastBegun(rows: readonly Row[], clockMs: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.fromMs ?? 0) <= clockMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @returns the index of the word that sounds; -1 for none */
export function wordAt(words: readonly { startMs: number; endMs: number }[], clockMs: number): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.startMs ?? 0) <= clockMs) low = middle + 1;
    else high = middle;
  }
  const word = words[low - 1];
  return word && clockMs < word.endMs + AFTERGLOW_MS ? low - 1 : -1;
}
