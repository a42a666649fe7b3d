/**
 * Reads what somebody types into a search box: words, "phrases", -without, begin*. Everything is taken as words that was
 * not meant otherwise, so that no query is wrong by its form. Pure.
 */

/** Scripts that are searched by pairs of characters: the same ones as in migration 0067. */
const PAIRED_CLASS =
  '\\u0E01-\\u0E3E\\u0E40-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005-\\u3007\\u3041-\\u309F' +
  '\\u30A1-\\u30FA\\u30FC-\\u30FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7AF\\uF900-\\uFAFF\\u{20000}-\\u{3134F}';

export const PAIRED_RUN = new RegExp(`[${PAIRED_CLASS}]+`, 'gu');
/** A word, or a run of a script that is written without blanks. */
export const WORD = new RegExp(`[${PAIRED_CLASS}]+|(?:(?![${PAIRED_CLASS}])[\\p{L}\\p{N}\\p{M}_])+`, 'gu');

/** What has to be in a conversation, or must not be. */
export interface Term {
  /** Words of scripts with blanks, in their order; and runs of the others. All of them have to be there. */
  parts: Part[];
  isExcluded: boolean;
}

export interface Part {
  text: string;
  kind: 'words' | 'beginning' | 'run';
}

/** Each term is a condition on every line that is looked at. */
const MOST_TERMS = 16;

export type Query = { terms: Term[] } | { mistake: string };

const QUOTES = /[“”„‟«»「」『』＂]/gu;
/** A minus counts before a word, and a quote where one begins; without an end it goes to the end of the query. */
const TERM = /(?<minus>(?<=^|\s)[-−–])?(?:"(?<phrase>[^"]*)(?:"|$)|(?<word>[^\s"]+))/gu;

export function parseQuery(text: string): Query {
  const terms: Term[] = [];
  for (const { groups = {} } of text.normalize('NFKC').replace(QUOTES, '"').matchAll(TERM)) {
    const { minus, phrase, word = '' } = groups;
    const parts = phrase === undefined ? partsOf(word, word.endsWith('*')) : partsOf(phrase, false);
    if (parts.length > 0) terms.push({ parts, isExcluded: minus !== undefined });
  }
  if (terms.length > MOST_TERMS)
    return { mistake: `A search takes at most ${MOST_TERMS} words and phrases.` };
  if (terms.length === 0) return { mistake: 'The search has no word.' };
  if (terms.every(({ isExcluded }) => isExcluded))
    return { mistake: 'A search needs a word that is to be found beside those that are not.' };
  return { terms };
}

function partsOf(text: string, isBeginning: boolean): Part[] {
  const runs = [...text.matchAll(PAIRED_RUN)].map(([run]): Part => ({ text: run, kind: 'run' }));
  const words = text.split(PAIRED_RUN).flatMap((rest): Part[] => {
    const kept = rest.replaceAll('*', ' ').trim();
    if (!/[\p{L}\p{N}]/u.test(kept)) return [];
    return [{ text: kept, kind: isBeginning && /^[\p{L}\p{N}\p{M}_]+$/u.test(kept) ? 'beginning' : 'words' }];
  });
  return [...words, ...runs];
}

/** The condition for a run, by the lexemes that migration 0067 makes of it: each pair of neighbours, and the last character. */
export function pairsOf(run: string): string {
  const characters = [...run];
  if (characters.length === 1) return `'${run}':*`;
  const pairs = characters.slice(1).map((next, before) => `'${characters[before]}${next}'`);
  return pairs.join(' <-> ');
}
