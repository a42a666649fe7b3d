import { fileURLToPath } from 'node:url';

/** The file of a thread's entry in the folder of the module that starts it: `.ts` when running from source, `.js` when built. */
export function threadFile(name: string, startedBy: string): string {
  return fileURLToPath(new URL(`./${name}${startedBy.endsWith('.ts') ? '.ts' : '.js'}`, startedBy));
}
