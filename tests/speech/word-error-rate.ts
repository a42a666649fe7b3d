/** Words as they are counted: lower case, without punctuation, hyphens taken as spaces. */
export function spokenWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[-\u2010-\u2015]/g, ' ')
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

export interface WordCounts {
  said: number;
  /** Heard as another word. */
  changed: number;
  lost: number;
  invented: number;
}

/** Tells the kinds of errors apart, in an alignment with as few of them as there can be. */
export function wordCounts(said: readonly string[], heard: readonly string[]): WordCounts {
  const nothing = { errors: 0, changed: 0, lost: 0, invented: 0 };
  let above = Array.from({ length: heard.length + 1 }, (_, n) => ({ ...nothing, errors: n, invented: n }));
  for (const [index, word] of said.entries()) {
    const row = [{ ...nothing, errors: index + 1, lost: index + 1 }];
    for (const [column, other] of heard.entries()) {
      const [corner = nothing, over = nothing, left = nothing] = [
        above[column],
        above[column + 1],
        row[column],
      ];
      const isSame = word === other ? 0 : 1;
      const least = Math.min(corner.errors + isSame, over.errors + 1, left.errors + 1);
      if (corner.errors + isSame === least)
        row.push({ ...corner, errors: least, changed: corner.changed + isSame });
      else if (over.errors + 1 === least) row.push({ ...over, errors: least, lost: over.lost + 1 });
      else row.push({ ...left, errors: least, invented: left.invented + 1 });
    }
    above = row;
  }
  const { changed, lost, invented } = above.at(-1) ?? nothing;
  return { said: said.length, changed, lost, invented };
}

/** Substituted, missing and added words (Levenshtein). */
export function wordErrors(said: readonly string[], heard: readonly string[]): number {
  let above = Array.from({ length: heard.length + 1 }, (_, n) => n);
  for (const [index, word] of said.entries()) {
    const row = [index + 1];
    for (const [column, other] of heard.entries()) {
      const substituted = (above[column] ?? 0) + (word === other ? 0 : 1);
      row.push(Math.min(substituted, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}

/** Errors per spoken word: 0.02 is one in fifty. */
export function wordErrorRate(said: string, heard: string): number {
  const reference = spokenWords(said);
  return wordErrors(reference, spokenWords(heard)) / reference.length;
}

/** How many of these words are there in their order; the words of others may stand between them. */
export function inOrder(words: readonly string[], among: readonly string[]): number {
  let above: number[] = new Array(among.length + 1).fill(0);
  for (const word of words) {
    const row = [0];
    for (const [at, other] of among.entries())
      row.push(word === other ? (above[at] ?? 0) + 1 : Math.max(above[at + 1] ?? 0, row[at] ?? 0));
    above = row;
  }
  return above.at(-1) ?? 0;
}
