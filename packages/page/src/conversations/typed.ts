/** The search as it is typed: a word that is not finished yet is looked for as a beginning. */

const OPEN_QUOTE = /["“”„‟«»「」『』＂]/gu;
/** The last word, where it is not excluded and not asked as a beginning already. */
const LAST_WORD = /(?:^|\s)[\p{L}\p{N}\p{M}_]+$/u;

/**
 * The server finds other forms of whole words only (`painted` finds `painting`), and no other forms of a beginning, so the
 * beginning is asked for where the words as they stand find nothing.
 *
 * @returns the search with its last word as a beginning, or null if that is none: within a phrase, or after a blank
 */
export function lastWordBegun(typed: string): string | null {
  const quotes = typed.match(OPEN_QUOTE)?.length ?? 0;
  return quotes % 2 === 0 && LAST_WORD.test(typed) ? `${typed}*` : null;
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;

/** @returns the word that says most, to be looked for alone; null where no other word was typed beside it */
export function longestWord(typed: string): string | null {
  const words = typed.match(WORD) ?? [];
  if (words.length < 2) return null;
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest));
}
