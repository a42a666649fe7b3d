/**
 * What a person says about their speech: its languages, and the names and terms in it. A provider is told only what it can
 * use, because it would refuse the audio for a language that it does not know. Pure.
 */

export interface SpeechHints {
  /**
   * BCP 47. A single one is taken as given, of several the provider finds out which is spoken, and without any it may be
   * every language. Undefined: as the transcriber is configured.
   */
  languages?: readonly string[] | undefined;
  /** Undefined: as the transcriber is configured. */
  keyterms?: readonly string[] | undefined;
}

/** @returns those of the languages that the provider knows, by their full tag or without the region; each once */
export function knownAmong(languages: readonly string[], known: readonly string[]): string[] {
  const tags = new Map(known.map((tag) => [tag.toLowerCase(), tag]));
  const found = languages.flatMap((tag) => {
    const [base = ''] = tag.toLowerCase().split('-');
    return tags.get(tag.toLowerCase()) ?? tags.get(base) ?? [];
  });
  return [...new Set(found)];
}

/** Deepgram refuses more than 500 tokens of them, and a token of a rare name has two letters or more. */
const MOST_CHARACTERS = 1_000;

/** @returns the first of the terms, as many as fit */
export function fittingTerms(terms: readonly string[]): string[] {
  let characters = 0;
  return terms.filter((term) => {
    characters += term.length;
    return characters <= MOST_CHARACTERS;
  });
}
