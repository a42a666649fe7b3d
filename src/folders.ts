import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's own recursive way never ends where a folder exists and takes
 * none into it, as `/proc`: the system says that there is no such folder, and Node begins again with the one above.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (isMissing(error) && dirname(path) !== path) {
      await makeFolder(dirname(path), mode);
      await mkdir(path, { mode }).catch((again) => ignoreIfThere(again, () => stat(path)));
    } else await ignoreIfThere(error, () => stat(path));
  }
}

/** The same, for whoever cannot wait. */
export function makeFolderSync(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isMissing(error) && dirname(path) !== path) {
      makeFolderSync(dirname(path), mode);
      if (!isFolder(path)) mkdirSync(path, { mode });
    } else if (!isFolder(path)) throw error;
  }
}

/** The system gives a name that is no UTF-8 with this character in place of its bytes, and finds nothing under that. */
export function isGarbled(path: string): boolean {
  return path.includes('\ufffd');
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function ignoreIfThere(error: unknown, look: () => Promise<{ isDirectory(): boolean }>): Promise<void> {
  const found = await look().catch(() => null);
  if (!found?.isDirectory()) throw error;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
