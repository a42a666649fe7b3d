/** Says in the person's language what went wrong and what can be done: by the code of a refusal, else in the server's words. */
import { AfterwordProblem } from '../data/api.ts';
import { PartMissing } from '../parts/on-demand.tsx';
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

/** @returns why something failed, in the words of the page, else the code; null where none was told */
export function reasonOf(words: Words, code: string | null): string | null {
  return toldOf(words, code)?.what ?? code;
}

export function sentencesOfCode(words: Words, code: string | null): string | undefined {
  const told = toldOf(words, code);
  return told && `${told.what}. ${told.remedy}`;
}

/** A proxy in between, and what speaks tus, refuse without a code: the status says what they mean. */
const CODES: Record<number, string> = {
  408: 'body_stalled',
  413: 'part_too_large',
  429: 'too_many_requests',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
  507: 'storage_full',
};

export function problemText(error: unknown, words: Words = presentWords()): string {
  if (error instanceof AfterwordProblem) {
    const { code, status, message } = error;
    return sentencesOfCode(words, code in words.problems ? code : (CODES[status] ?? null)) ?? message;
  }
  if (error instanceof PartMissing) return words.version.missing;
  // A fetch that reaches nobody throws this, whatever the reason.
  if (error instanceof TypeError) return words.problem.unreachable;
  return words.problem.unexpected;
}

/** A refusal of which only the code is known, as one that stands in an address. */
export function byCode(code: string): AfterwordProblem {
  return new AfterwordProblem({ code, title: code }, 400, null);
}
