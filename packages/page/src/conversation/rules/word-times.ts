/** Gives each word of a line its time, also after somebody has corrected the line. Pure. */

export interface HeardWord {
  startMs: number;
  endMs: number;
  text: string;
}

/** A part of a line: a word with its time, and what stands behind it. */
export interface TimedWord extends HeardWord {
  /** Where it stands in the line's text. */
  from: number;
  to: number;
}

/** Beyond this many words the alignment of a corrected line would be slow; its words share its time evenly. */
const MOST_ALIGNED = 400;

/**
 * @param heard the words as the provider timed them; null if it gave no times
 * @returns empty where no word has a time: then the line is heard as a whole
 */
export function timedWords(text: string, heard: readonly HeardWord[] | null | undefined): TimedWord[] {
  if (!heard || heard.length === 0) return [];
  const words = wordsIn(text);
  const matches = matchesOf(words, heard);
  const timed: (TimedWord | null)[] = words.map(({ from, to, text: word }, index) => {
    const other = matches[index];
    return other ? { from, to, text: word, startMs: other.startMs, endMs: other.endMs } : null;
  });
  return filled(words, timed, heard);
}

interface Word {
  text: string;
  from: number;
  to: number;
}

function wordsIn(text: string): Word[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

function plain(word: string): string {
  return word.toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** For each word of the line the heard word that it is: the longest common sequence of both. */
function matchesOf(words: readonly Word[], heard: readonly HeardWord[]): (HeardWord | undefined)[] {
  const mine = words.map(({ text }) => plain(text));
  const theirs = heard.map(({ text }) => plain(text));
  if (mine.length === theirs.length && mine.every((word, index) => word === theirs[index])) return [...heard];
  if (mine.length > MOST_ALIGNED || theirs.length > MOST_ALIGNED) return [];
  const width = theirs.length + 1;
  const common = new Uint16Array((mine.length + 1) * width);
  for (let i = mine.length - 1; i >= 0; i -= 1)
    for (let j = theirs.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        mine[i] === theirs[j]
          ? 1 + (common[(i + 1) * width + j + 1] ?? 0)
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
  const matches: (HeardWord | undefined)[] = [];
  for (let i = 0, j = 0; i < mine.length && j < theirs.length; ) {
    if (mine[i] === theirs[j]) {
      matches[i] = heard[j];
      i += 1;
      j += 1;
    } else if ((common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return matches;
}

/** Words that nobody heard share the time between those that were heard around them. */
function filled(
  words: readonly Word[],
  timed: readonly (TimedWord | null)[],
  heard: readonly HeardWord[],
): TimedWord[] {
  const result: TimedWord[] = [];
  for (let index = 0; index < words.length; ) {
    const known = timed[index];
    if (known) {
      result.push(known);
      index += 1;
      continue;
    }
    let end = index;
    while (end < words.length && !timed[end]) end += 1;
    const fromMs = result.at(-1)?.endMs ?? heard[0]?.startMs ?? 0;
    const toMs = Math.max(fromMs, timed[end]?.startMs ?? heard.at(-1)?.endMs ?? fromMs);
    const each = (toMs - fromMs) / (end - index);
    for (let n = 0; index < end; index += 1, n += 1) {
      const word = words[index];
      if (word) result.push({ ...word, startMs: fromMs + n * each, endMs: fromMs + (n + 1) * each });
    }
  }
  return result;
}
