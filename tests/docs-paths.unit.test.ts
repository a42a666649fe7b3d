/** Every path that a page names exists, so that a move cannot leave a dead name behind. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const PAGES = globSync(['*.md', 'docs/**/*.md', '.github/**/*.md'], { cwd: ROOT }).filter(
  // It speaks of what was.
  (page) => page !== 'CHANGELOG.md',
);
/** Folders of the project; a path that begins with another word is somebody else's, or an example. */
const OURS = /^(src|tests|docs|bench|torture|fuzz|simulators|prompts|samples|\.ci|\.github)\//;
/** In code or a command: `src/errors.ts`, `tests/engine/`. */
const NAMED = /(?<![\w./-])[\w.-]+(?:\/[\w.-]+)*\/(?:[\w.-]*\w)?/g;
/** A file that is named without its folder, as `wanted.ts`. */
const BARE = /(?<![\w./-])[\w-]+(?:\.[\w-]+)*\.ts(?!\w)/g;
const FILES = new Set(
  globSync('{src,tests,bench,torture,fuzz,simulators}/**/*.ts', { cwd: ROOT }).map((file) => basename(file)),
);
/** Rooms of src/ are named without it, as `pipeline/place.ts`. */
const ROOMS = globSync('src/*/', { cwd: ROOT }).map((room) => room.replace(/^src\/|\/$/g, ''));

function pathsOf(text: string): string[] {
  const code = [...text.matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  );
  const named = code.flatMap((piece) => [...piece.matchAll(NAMED)].map(([path]) => path)).filter(isOurs);
  const bare = code.flatMap((piece) => [...piece.matchAll(BARE)].map(([name]) => name));
  return [...named, ...bare];
}

function isOurs(path: string): boolean {
  const [first = ''] = path.split('/');
  return OURS.test(path) || (ROOMS.includes(first) && /\.(ts|sql)$|\/$/.test(path));
}

/** `tests/timeline/place` stands for what begins so, as it does for the test runner. */
function exists(path: string): boolean {
  if (!path.includes('/')) return FILES.has(path);
  return [path, join('src', path)].some(
    (there) => existsSync(join(ROOT, there)) || globSync(`${there}*`, { cwd: ROOT }).length > 0,
  );
}

test.each(PAGES)('%s names no path that is gone', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  expect(pathsOf(text).filter((path) => !exists(path))).toEqual([]);
});

test.each(PAGES)('%s has no dead link', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const dead = links
    .filter((link) => !/^(https?:|mailto:|#)/.test(link))
    .map((link) => link.replace(/#.*$/, ''))
    .filter((link) => !existsSync(join(ROOT, dirname(page), link)));
  expect(dead).toEqual([]);
});

test('a name that is gone is found, and a foreign one is not', () => {
  expect(pathsOf('`src/gone.ts`, `pipeline/gone.ts`, `gone.ts`, `application/json`, [x](src/y.ts)')).toEqual([
    'src/gone.ts',
    'pipeline/gone.ts',
    'gone.ts',
  ]);
  expect(exists('src/gone.ts')).toBe(false);
  expect(exists('gone.ts')).toBe(false);
  expect(exists('tests/timeline/place')).toBe(true);
});

/** The files of each numbered list under "Two walks", in order. */
function walks(): string[][] {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const section = text.match(/## Two walks\n([\s\S]*?)\n## /)?.[1] ?? '';
  const lists = section.match(/(?:^\d\. .*\n(?: {3}.*\n)*)+/gm) ?? [];
  return lists.map((list) => [...list.matchAll(/^\d\. `([^`]+)`/gm)].map(([, file = '']) => file));
}

/** Everything that a file imports, types too, and what that imports. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(
    /(?:from|import\() ?'(\.[^']+\.ts)'/g,
  )) {
    const imported = join(dirname(file), path);
    if (seen.has(imported)) continue;
    seen.add(imported);
    importsOf(imported, seen);
  }
  return seen;
}

test('the walks of ARCHITECTURE.md have no way back', () => {
  expect(walks().map((walk) => walk.length)).toEqual([6, 6, 5]);
  for (const walk of walks())
    for (const [index, file] of walk.entries()) {
      const back = walk.slice(0, index).filter((earlier) => importsOf(file).has(earlier));
      expect(back, `${file} imports what stands before it`).toEqual([]);
    }
});
