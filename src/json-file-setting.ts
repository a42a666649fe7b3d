/** A setting whose value is JSON, or a file with it. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { FILE_REFUSALS } from './failure.ts';
import { refuse } from './setting-kinds.ts';

/**
 * Reads JSON, or the path of a JSON file. The error never repeats what the file holds: it may be the wrong file.
 * @param unreadable says why there is no file to read, from its path and the system's code
 */
export function readJsonOrFile(
  given: string,
  context: z.RefinementCtx,
  unreadable: (path: string, code: string) => string,
): unknown {
  const isPath = !given.trimStart().startsWith('{');
  try {
    return JSON.parse(isPath ? readFileSync(given, 'utf8') : given);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(context, code ? unreadable(given, code) : `${isPath ? 'the file' : 'it'} is not JSON`);
  }
}

/** The system's reason in words. */
export function fileRefusal(code: string): string {
  return code === 'ENOENT' ? 'there is no such file' : (FILE_REFUSALS[code] ?? code);
}
