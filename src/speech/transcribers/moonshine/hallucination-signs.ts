/**
 * Signs that a recognizer's words were not in the audio. Pure: text and lengths in, a verdict out.
 * Moonshine gives no probabilities through sherpa, so its words are all there is to judge by.
 */

/**
 * Read English takes 3 to 4.3 tokens a second and the fastest talkers about 8; sherpa stops a runaway at 15 only.
 * The constant lets a short exclamation be dense.
 */
const TOKENS_PER_SECOND = 10;
const TOKENS_ALWAYS_ALLOWED = 4;

export function tooManyTokens(tokens: number, seconds: number): boolean {
  return tokens > TOKENS_ALWAYS_ALLOWED + TOKENS_PER_SECOND * seconds;
}

/**
 * How often in a row a phrase may be said. People do say "no no no no", and poets repeat; a loop of the model goes on
 * until the token limit, so these bounds can be generous.
 */
function repeatsAllowed(phraseWords: number): number {
  if (phraseWords === 1) return 6;
  if (phraseWords === 2) return 4;
  return phraseWords < WHOLE_CLAUSE_WORDS ? 3 : 2;
}
/** Nobody says a whole clause three times without a word between; of another language the model does. */
const WHOLE_CLAUSE_WORDS = 5;
const LONGEST_PHRASE_WORDS = 20;

/** Where a phrase begins to be repeated right after itself more often than people do; -1 when none is. */
function loopStart(words: readonly string[]): number {
  let first = -1;
  for (let phrase = 1; phrase <= Math.min(LONGEST_PHRASE_WORDS, words.length / 2); phrase++) {
    // A run of n words each equal to the word one phrase later is n/phrase + 1 sayings of the phrase.
    const enough = repeatsAllowed(phrase) * phrase;
    let run = 0;
    for (let at = phrase; at < words.length; at++) {
      run = words[at] === words[at - phrase] ? run + 1 : 0;
      if (run < enough) continue;
      const start = at - run + 1 - phrase;
      if (first === -1 || start < first) first = start;
      break;
    }
  }
  return first;
}

export function isLoop(words: readonly string[]): boolean {
  return loopStart(words) !== -1;
}

/** What is said before a phrase goes round, as it is written. */
export function textBeforeLoop(text: string): string {
  const start = loopStart(spokenWords(text));
  if (start === -1) return text;
  let words = 0;
  const kept: string[] = [];
  for (const part of text.split(' ')) {
    words += spokenWords(part).length;
    if (words > start) break;
    kept.push(part);
  }
  return kept.join(' ');
}

const DIGITS: Readonly<Record<string, string>> = {
  oh: '0',
  o: '0',
  zero: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};

export function spokenWords(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll('-', ' ')
    .replace(/[^\p{L}\p{N}' ]/gu, '')
    .split(' ')
    .filter((word) => word !== '');
}

/** Words for comparing: the model writes the same numbers now as "nine oh two", now as "902". */
export function comparableWords(text: string): string[] {
  return spokenWords(text.replace(/\d/g, ' $& ')).map((word) => DIGITS[word] ?? word);
}

/**
 * How much of `again` does not occur, in order and as one stretch, in `first`: 0 when all of it does, 1 when nothing
 * does. Levenshtein distance with free ends in `first`. An empty second answer contradicts fully.
 */
export function contradiction(first: readonly string[], again: readonly string[]): number {
  if (again.length === 0) return 1;
  let above: number[] = new Array(first.length + 1).fill(0);
  for (const [index, word] of again.entries()) {
    const row = [index + 1];
    for (const [column, other] of first.entries()) {
      const substituted = at(above, column) + (word === other ? 0 : 1);
      row.push(Math.min(at(above, column + 1) + 1, at(row, column) + 1, substituted));
    }
    above = row;
  }
  return Math.min(...above) / again.length;
}

function at(row: number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
