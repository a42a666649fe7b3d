import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of a thread's entry beside this one: `.ts` when running from source, `.js` when built. */
export function threadFile(name: string): string {
  return fileURLToPath(new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url));
}
