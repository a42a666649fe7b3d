/** Says in the person's language what went wrong and what can be done: by the code of a refusal, else in the server's words. */
import { AfterwordProblem } from '../data/api.ts';
import type { Words } from '../words/en.ts';
import { presentWords } from '../words/words.ts';

export interface Told {
  what: string;
  remedy: string;
}

/** @returns what the page says of a code; undefined where it has no words of its own */
export function toldOf({ problems }: Words, code: string | null): Told | undefined {
  return code === null ? undefined : (problems as Record<string, Told>)[code];
}

export function sentencesOfCode(words: Words, code: string | null): string | undefined {
  const told = toldOf(words, code);
  return told && `${told.what}. ${told.remedy}`;
}

export function problemText(error: unknown, words: Words = presentWords()): string {
  if (error instanceof AfterwordProblem) return sentencesOfCode(words, error.code) ?? error.message;
  // A fetch that reaches nobody throws this, whatever the reason.
  if (error instanceof TypeError) return words.problem.unreachable;
  return words.problem.unexpected;
}

/** A refusal of which only the code is known, as one that stands in an address. */
export function byCode(code: string): AfterwordProblem {
  return new AfterwordProblem({ code, title: code }, 400, null);
}
