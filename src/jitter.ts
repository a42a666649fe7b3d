/**
 * Spreads a wait evenly by up to a part of it either way, so that what failed together does not come back together.
 *
 * @param part 0.5 gives half to one and a half times the wait
 */
export function jittered(ms: number, part: number, random: () => number = Math.random): number {
  return ms * (1 + part * (2 * random() - 1));
}
