/**
 * Says where the page that belongs to the present sources lies. Its folder is named by the digest of all that it is built
 * from, so a checkout of another version never serves an older page, and several processes may build at once.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');

/** All that decides what is built. The lock names the versions of the libraries. */
const SOURCES = [
  ...['src', 'worker', 'public', 'index.html', 'vite.config.ts', 'build.ts', 'package.json'].map((path) =>
    join(HERE, path),
  ),
  join(ROOT, 'packages/client/src'),
  join(ROOT, 'package-lock.json'),
];

/** Stands in the built page where the server writes the nonce of each answer. */
export const NONCE = 'AFTERWORD-NONCE';

export const DIST = join(HERE, 'dist');

/** The script that builds the page; it is started as a process of its own, because it needs much memory. */
export const BUILD = join(HERE, 'build.ts');

/** Which part of the page each address shows; a server tells the browser to fetch it with the rest. */
export const SHOWN_AT: Readonly<Record<string, string>> = {
  '/': 'src/conversations/page.tsx',
  '/c/:id': 'src/conversation/page.tsx',
  '/uploads': 'src/uploads/page.tsx',
  '/uploads/:id': 'src/timing/page.tsx',
  '/operation': 'src/operation/page.tsx',
  '/settings': 'src/settings/page.tsx',
};

/** The strings of each language but English, which comes with the page. */
export const SPOKEN_IN: Readonly<Record<string, string>> = { de: 'src/words/de.ts' };

/** Is written as the last of a build. */
const INDEX = 'index.html';

export interface BuiltPage {
  folder: string;
  isBuilt: boolean;
}

export async function findPage(): Promise<BuiltPage> {
  const folder = join(DIST, await digestOfSources());
  return { folder, isBuilt: existsSync(join(folder, INDEX)) };
}

async function digestOfSources(): Promise<string> {
  const files = (await Promise.all(SOURCES.map(filesIn))).flat().sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** A path that does not exist counts as empty: an installation may leave out what only building needs. */
async function filesIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
