/** Where in the sound a time of the clock is. Pure. */
import type { Layout } from './layout.ts';

const MS = 16;

/** @returns milliseconds from the begin of the sound; a time at which nothing sounds is where the next sound begins */
export function soundAt({ samples, stretches }: Layout, epochMs: number): number {
  const wanted = epochMs * MS;
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = stretches[middle];
    if (one && one.startsAt + one.samples <= wanted) low = middle + 1;
    else high = middle;
  }
  const stretch = stretches[low];
  if (!stretch) return samples / MS;
  return (stretch.at + Math.max(0, wanted - stretch.startsAt)) / MS;
}
