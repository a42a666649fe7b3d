/** What a person is told of a file or folder that cannot be read, in place of the system's words. */
import type { FileOutcome } from './outcomes.ts';

export function whyUnreadable(error: unknown): Partial<FileOutcome> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return {
      reason: 'There is no such file or folder.',
      remedy: 'Look at the path. A card may be out of its slot, and a folder not mounted.',
    };
  if (code === 'EACCES' || code === 'EPERM')
    return {
      reason: 'It may not be read by you.',
      remedy: 'Push as its owner, or change who may read it (chmod).',
    };
  return { reason: message, remedy: 'Look whether the disk or card can still be read, and push again.' };
}
