import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ADAPTERS } from './adapters.ts';
import { capabilitiesTable, observeAll, tablesOf } from './what-happens.ts';

const DOCUMENT = new URL('../../docs/providers.md', import.meta.url);

const rows = await observeAll();

test.each([
  ['what happens next', tablesOf(rows)],
  ['capabilities', capabilitiesTable()],
])('docs/providers.md tells of %s as it is seen; AFTERWORD_UPDATE_DOCS=1 writes it', async (name, table) => {
  const begin = `<!-- ${name}: begin -->\n`;
  const end = `<!-- ${name}: end -->`;
  const document = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = document.split(begin);
  const [between, after] = rest?.split(end) ?? [];
  if (before === undefined || between === undefined || after === undefined) expect.unreachable('no markers');
  if (process.env.AFTERWORD_UPDATE_DOCS)
    await writeFile(DOCUMENT, `${before}${begin}${table}\n${end}${after}`);
  else expect(between).toBe(`${table}\n`);
});

test('a fault comes to the same wherever it strikes, and no failure passes for an answer', () => {
  expect(new Set(rows.map(({ adapter }) => adapter)).size).toBe(ADAPTERS.length);
  for (const { fault, becomes, next, recording } of rows) {
    expect(becomes).not.toContain(' or ');
    if (fault === 'an answer without words') {
      expect({ becomes, next }).toEqual({ becomes: 'answer, no words', next: 'is not asked' });
    } else {
      expect(becomes).toMatch(/^`\w+`$/);
      expect(recording).toMatch(/^(next try in|dead letter)/);
    }
  }
});
