/** What a log says of a failure. */

import { framesOf, wordFreeMessage } from './word-free.ts';

/** Beyond it a message is a page of somebody's HTML, or a statement of SQL. */
const LONGEST = 300;

export interface FailureFields {
  /** The first cause in one line, with its code: what is to be mended. */
  cause: string;
  stack: string | undefined;
}

/** Of an error of a library only what holds no word that was spoken (see `word-free.ts`). */
export function failureFields(thrown: unknown): FailureFields {
  const first = firstCause(thrown);
  return { cause: inOneLine(first), stack: framesOf(first) };
}

/** What was thrown first: all that was thrown over it only says where it was noticed. */
function firstCause(thrown: unknown): unknown {
  let found = thrown;
  // A chain that leads back to itself would never end.
  for (let depth = 0; depth < 10; depth++) {
    const { cause, errors } = (found ?? {}) as { cause?: unknown; errors?: unknown[] };
    // Several addresses of one name were tried: each failed alike, and the whole has no message of its own.
    const next = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
    if (next === undefined || next === null || next === found) return found;
    found = next;
  }
  return found;
}

function inOneLine(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const words = wordFreeMessage(error).replace(/\s+/g, ' ').trim();
  const isTold = typeof code !== 'string' || !/^\w+$/.test(code) || words.includes(code);
  const named = isTold ? words : `${words} (${code})`;
  return named.length > LONGEST ? `${named.slice(0, LONGEST)}…` : named;
}
