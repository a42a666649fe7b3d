/**
 * Says which task of a new understanding is which of before, so that a task keeps its id, and with it what its person has
 * decided, although a model words it otherwise. Compared are the pairs of neighbouring characters, which works in every
 * language. Pure.
 */
export interface WordedItem {
  text: string;
  recordingId: string;
  atMs: number;
}

/** Of the pairs of characters that both have. The same task in other words shares most; two tasks share a third. */
const SAME_WORDS = 0.6;
/** Said in the same breath, it needs less. */
const SAME_MOMENT = 0.4;
const MOMENT_MS = 30_000;

/** @returns for each task of now the index of that of before, each at most once */
export function matchItems(now: readonly WordedItem[], before: readonly WordedItem[]): Map<number, number> {
  const pairs: { now: number; before: number; likeness: number; awayMs: number }[] = [];
  const printsNow = now.map(({ text }) => pairsOf(text));
  const printsBefore = before.map(({ text }) => pairsOf(text));
  for (const [n, item] of now.entries()) {
    for (const [b, known] of before.entries()) {
      const likeness = likenessOf(printsNow[n], printsBefore[b]);
      const awayMs =
        item.recordingId === known.recordingId ? Math.abs(item.atMs - known.atMs) : Number.POSITIVE_INFINITY;
      if (likeness >= (awayMs <= MOMENT_MS ? SAME_MOMENT : SAME_WORDS))
        pairs.push({ now: n, before: b, likeness, awayMs: Math.min(awayMs, Number.MAX_SAFE_INTEGER) });
    }
  }
  // The likest first: of two that are alike, the one that is nearer.
  pairs.sort(
    (a, b) => b.likeness - a.likeness || a.awayMs - b.awayMs || a.now - b.now || a.before - b.before,
  );
  const matched = new Map<number, number>();
  const taken = new Set<number>();
  for (const pair of pairs) {
    if (matched.has(pair.now) || taken.has(pair.before)) continue;
    matched.set(pair.now, pair.before);
    taken.add(pair.before);
  }
  return matched;
}

function pairsOf(text: string): Map<string, number> {
  const letters = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const pairs = new Map<string, number>();
  const padded = ` ${letters} `;
  for (let at = 0; at + 1 < padded.length; at++) {
    const pair = padded.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Dice's coefficient: 1 for the same, 0 for nothing in common. */
function likenessOf(a: Map<string, number> = new Map(), b: Map<string, number> = new Map()): number {
  const count = (pairs: Map<string, number>) => [...pairs.values()].reduce((sum, n) => sum + n, 0);
  let shared = 0;
  for (const [pair, n] of a) shared += Math.min(n, b.get(pair) ?? 0);
  return (2 * shared) / (count(a) + count(b));
}
