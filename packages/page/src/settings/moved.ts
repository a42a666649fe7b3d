/** @returns the ids with one of them a place further down or up; at an end it stays */
export function moved(ids: readonly string[], id: string, by: 1 | -1): string[] {
  const at = ids.indexOf(id);
  const to = Math.min(Math.max(at + by, 0), ids.length - 1);
  return at < 0 ? [...ids] : ids.toSpliced(at, 1).toSpliced(to, 0, id);
}
