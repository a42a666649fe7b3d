/** Which lines of a transcript are chosen. Pure. */
import type { Row } from './rows.ts';

/** From one line to another, both among the chosen; the second is where the keys are. */
export interface Selection {
  anchor: string;
  head: string;
}

/**
 * Moves to the next line up or down; with `extend` the lines between stay chosen.
 * @param fallback where to begin when nothing is chosen
 */
export function moved(
  rows: readonly Row[],
  selection: Selection | null,
  by: number,
  { extend = false, fallback = 0 }: { extend?: boolean; fallback?: number } = {},
): Selection | null {
  const at = selection ? indexOf(rows, selection.head) : -1;
  if (at < 0) return only(rows, lineNear(rows, fallback, 1));
  let next = at;
  for (let step = Math.sign(by), left = Math.abs(by); left > 0; left -= 1) {
    const found = lineNear(rows, next + step, step);
    if (found < 0) break;
    next = found;
  }
  const key = rows[next]?.key;
  if (key === undefined) return selection;
  return { anchor: extend && selection ? selection.anchor : key, head: key };
}

/** @returns this line alone; null if there is none */
export function only(rows: readonly Row[], index: number): Selection | null {
  const row = rows[index];
  return row?.kind === 'line' ? { anchor: row.key, head: row.key } : null;
}

/** @returns the ids of the segments that are chosen, in their order; empty if the lines are gone */
export function chosenSegments(rows: readonly Row[], selection: Selection | null): string[] {
  if (!selection) return [];
  const [from, to] = [indexOf(rows, selection.anchor), indexOf(rows, selection.head)];
  const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  if (first < 0) return [];
  return rows.slice(first, last + 1).flatMap((row) => (row.kind === 'line' ? row.key : []));
}

/**
 * @returns the first segment of the second part, if the conversation is split before the chosen lines; null where that
 *   leaves nothing before
 */
export function splitPlace(rows: readonly Row[], selection: Selection | null): string | null {
  const [first] = chosenSegments(rows, selection);
  const lines = rows.filter(({ kind }) => kind === 'line');
  return first === undefined || lines[0]?.key === first ? null : first;
}

/** @returns the index of the nearest line from here on in a direction; -1 for none */
export function lineNear(rows: readonly Row[], from: number, step: number): number {
  for (let index = from; index >= 0 && index < rows.length; index += step || 1)
    if (rows[index]?.kind === 'line') return index;
  return -1;
}

export function indexOf(rows: readonly Row[], key: string): number {
  return rows.findIndex((row) => row.key === key);
}
