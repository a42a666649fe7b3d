/** Finds the recordings that come with Afterword, so that a newcomer sees what becomes of some. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SAMPLE_DAY = fileURLToPath(new URL('../../samples/day', import.meta.url));

/** @returns names and paths, in order of time; none where an installation has left them out */
export async function sampleFiles(): Promise<{ name: string; path: string }[]> {
  const names = await readdir(SAMPLE_DAY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.bin'))
    .sort()
    .map((name) => ({ name, path: join(SAMPLE_DAY, name) }));
}
