/** Finds where the words of a query stand in a text. Pure: what a word is stemmed to is given. */
import { PAIRED_RUN, type Part, type Term, WORD } from './query.ts';

/** From a character to before another one, counted in UTF-16 code units as JavaScript does. */
export interface Range {
  start: number;
  end: number;
}

/** What a word is found by: itself without accents, and its stems. Two words are the same if they share one. */
export type LexemesOf = (word: string) => readonly string[];

/** Most words are plain, and taking a word apart costs a hundred times as much as seeing that. */
const HAS_MORE_THAN_ASCII = /[^\0-\x7F]/;

/** As `search_fold` of migration 0067 does, and in small letters. */
export function fold(text: string): string {
  if (!HAS_MORE_THAN_ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFKC')
    .toLowerCase();
}

/** @returns in order, without overlaps */
export function highlightsOf(text: string, terms: readonly Term[], lexemesOf: LexemesOf): Range[] {
  const words = [...text.matchAll(WORD)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found = terms
    .filter(({ isExcluded }) => !isExcluded)
    .flatMap(({ parts }) => parts.flatMap((part) => rangesOf(part, words, lexemesOf)));
  return joined(found);
}

interface Placed extends Range {
  text: string;
}

function rangesOf(part: Part, words: readonly Placed[], lexemesOf: LexemesOf): Range[] {
  if (part.kind === 'run') return words.flatMap((word) => runsIn(word, part.text));
  if (part.kind === 'beginning') return words.filter(({ text }) => fold(text).startsWith(fold(part.text)));
  const wanted = wordsIn(part.text).map((word) => new Set(lexemesOf(word)));
  return words.flatMap((first, at) => {
    const last = words[at + wanted.length - 1];
    const isHere =
      last !== undefined &&
      wanted.every((lexemes, n) => lexemesOf(words[at + n]?.text ?? '').some((one) => lexemes.has(one)));
    return isHere ? [{ start: first.start, end: last.end }] : [];
  });
}

function wordsIn(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) => word);
}

/** The words of a query for which the stems are needed. */
export function wordsOf(terms: readonly Term[]): string[] {
  return terms.flatMap(({ parts }) =>
    parts.flatMap(({ kind, text }) => (kind === 'words' ? wordsIn(text) : [])),
  );
}

function runsIn(word: Placed, run: string): Range[] {
  if (!word.text.match(PAIRED_RUN)) return [];
  const found: Range[] = [];
  for (let at = word.text.indexOf(run); at !== -1; at = word.text.indexOf(run, at + run.length))
    found.push({ start: word.start + at, end: word.start + at + run.length });
  return found;
}

function joined(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = all.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else all.push({ start, end });
  }
  return all;
}
