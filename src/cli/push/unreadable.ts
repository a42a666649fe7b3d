/** What a person is told of a file or folder that cannot be read, in place of the system's words. */
import { isGarbled } from '../../folders.ts';
import { NoFile } from './find.ts';
import type { FileOutcome } from './outcomes.ts';

export function whyUnreadable(error: unknown): Partial<FileOutcome> {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && path !== undefined && isGarbled(path))
    return {
      reason: 'Its name is not UTF-8, and nothing is found under it.',
      remedy: 'Rename it, or mount the card with the character set of its recorder (iocharset=utf8).',
    };
  if (error instanceof NoFile)
    return {
      reason: 'It is no file: a pipe or a device.',
      remedy: 'Store what comes from it in a file first.',
    };
  if (code === 'ELOOP')
    return { reason: 'It is a link that leads to itself.', remedy: 'Remove the link, or mend it.' };
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
