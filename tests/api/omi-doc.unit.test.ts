/** docs/omi.md has a row for each of Omi's routes, and no other ones. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROUTES } from '../../src/api/route-table.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/omi.md', ROOT), 'utf8');
/** Rows begin with the call; the last cell names the test. */
const ROWS = PAGE.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim());
  const call = /^`((?:GET|POST|PUT|PATCH|DELETE) \/v\d\/\S+)`$/.exec(cells[1] ?? '')?.[1];
  return call ? [{ call, cells: cells.slice(2, -1) }] : [];
});

it('each route of the table has a row, and each row a route', () => {
  const named = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
  const routes = ROUTES.filter(({ path }) => /^\/v\d\//.test(path)).map(
    ({ method, path }) => `${method} ${named(path)}`,
  );
  const missing = ROWS.filter(({ cells }) => cells.some((cell) => cell.startsWith('not yet')));
  expect(ROWS.map(({ call }) => call).toSorted()).toEqual(
    [...routes, ...missing.map(({ call }) => call)].toSorted(),
  );
});

it('each row names a test that is there and asks that route', () => {
  for (const { call, cells } of ROWS) {
    if (cells.some((cell) => cell.startsWith('not yet'))) continue;
    const [, file = ''] = /^`(tests\/\S+)`$/.exec(cells.at(-1) ?? '') ?? [];
    expect(existsSync(new URL(file, ROOT)), call).toBe(true);
  }
});
