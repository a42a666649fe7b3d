/** What a log says of a failure. */

import { AfterwordError, ERRORS } from './errors.ts';
import { normalise } from './normalise.ts';
import { framesOf, kindOf, wordFreeMessage } from './word-free.ts';

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

/**
 * PostgreSQL's classes for statements and data that it will refuse again: 21 and 42 (the statement is wrong), 22 (the
 * value is), 23 (a constraint forbids the row), 54 (it is too large). A right that is missing (42501) an operator grants.
 */
const REFUSED_FOR_GOOD = /^(?!42501)(21|22|23|42|54)[0-9A-Z]{3}$/;
const PROGRAMMING =
  /^(TypeError|RangeError|ReferenceError|SyntaxError|URIError|EvalError|AssertionError|AssertionError \[ERR_ASSERTION\])$/;
/** Of these names, but about the machine at that moment. */
const OF_THE_MOMENT = /allocation failed|out of memory|^fetch failed$|^terminated$/i;

/**
 * A failure that comes again with the same input, so that waiting for hours cannot heal it: a mistake in our code, or a
 * row that the database will always refuse.
 * @returns it with its first cause in a line without a word that was spoken; null for whatever may heal
 */
export function defectOf(thrown: unknown): AfterwordError | null {
  if (normalise(thrown).code !== 'internal') return null;
  const first = firstCause(thrown);
  const { name, code, message } = (first ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  const isProgramming = PROGRAMMING.test(String(name)) && !OF_THE_MOMENT.test(String(message));
  if (!isProgramming && !REFUSED_FOR_GOOD.test(String(code))) return null;
  return new AfterwordError('defect', `${ERRORS.defect.title}: ${kindOf(first)}`, { cause: thrown });
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

/** The operating system's reasons for refusing a file or folder, in words for error messages. */
export const FILE_REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a file stands in its way',
  EEXIST: 'a file stands in its way',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
};
