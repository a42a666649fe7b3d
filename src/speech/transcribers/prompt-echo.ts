/**
 * Whisper continues its prompt where it hears nothing that it knows: the terms that it was to listen for come back as if
 * somebody had read them out. Pure.
 */
import type { Segment } from '../transcriber.ts';

/** The guard that says so beside the answer. */
export const PROMPT_ECHO = 'prompt_echo';
/** People name two things in a row. Nobody reads three and more of a list in its order and says nothing else. */
const LEAST_TERMS = 3;

/** @returns the segments that are not terms of the prompt in its order, from any of them on, again and again */
export function withoutEcho(segments: readonly Segment[], terms: readonly string[]): Segment[] {
  const prompt = terms.map(wordsOf).filter((words) => words.length > 0);
  if (prompt.length < LEAST_TERMS) return [...segments];
  return segments.filter(({ text }) => !isEcho(wordsOf(text), prompt));
}

function isEcho(said: readonly string[], prompt: readonly string[][]): boolean {
  return prompt.some((_, first) => {
    let at = 0;
    for (let count = 0; at < said.length; count++) {
      const term = prompt[(first + count) % prompt.length] ?? [];
      if (!term.every((word, n) => said[at + n] === word)) return false;
      at += term.length;
      if (at === said.length) return count + 1 >= LEAST_TERMS;
    }
    return false;
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
