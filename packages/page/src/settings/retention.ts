/** @returns whether the second keeps for less time; null keeps for ever */
export function isShorter(before: number | null, after: number | null): boolean {
  return after !== null && (before === null || after < before);
}
