import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ADAPTERS as MODELS } from '../meaning/language-model-adapters.ts';
import { ADAPTERS } from './adapters.ts';
import { observeAll, tablesOf } from './what-happens.ts';
import { capabilitiesTable } from './what-happens-transcriber.ts';

const DOCUMENT = new URL('../../docs/providers.md', import.meta.url);

const seen = await observeAll();

test.each([...Object.entries(tablesOf(seen)), ['capabilities', capabilitiesTable()] as const])(
  'the table "%s" in docs/providers.md shows what is observed; AFTERWORD_UPDATE_DOCS=1 writes it',
  async (name, table) => {
    const begin = `<!-- ${name}: begin -->\n`;
    const end = `<!-- ${name}: end -->`;
    const document = await readFile(DOCUMENT, 'utf8');
    const [before, rest] = document.split(begin);
    const [between, after] = rest?.split(end) ?? [];
    if (before === undefined || between === undefined || after === undefined)
      expect.unreachable('no markers');
    if (process.env.AFTERWORD_UPDATE_DOCS)
      await writeFile(DOCUMENT, `${before}${begin}${table}\n${end}${after}`);
    else expect(between).toBe(`${table}\n`);
  },
);

test('a fault has the same consequence at each request of an adapter, and no failure is taken for an answer', () => {
  expect(new Set(seen.transcribers.map(({ adapter }) => adapter)).size).toBe(ADAPTERS.length);
  for (const { fault, becomes, next, recording } of seen.transcribers) {
    if (fault === 'an answer without words') {
      expect({ becomes, next }).toEqual({ becomes: 'answer, no words', next: 'is not asked' });
    } else {
      expect(becomes).toMatch(/^`\w+`$/);
      expect(recording).toMatch(/^(next try in|dead letter)/);
    }
  }
});

test('a recording loses nothing when the detector fails', () => {
  for (const { fault, becomes, window, recording } of seen.detector) {
    if (fault === 'finds no speech') {
      expect({ becomes, window }).toEqual({ becomes: 'answer, nobody speaks', window: 'is as it says' });
    } else {
      expect(becomes).toMatch(/^`\w+`$/);
      expect({ window, recording }).toEqual({
        window: 'is examined by Silero',
        recording: 'goes on, nothing is lost',
      });
    }
  }
});

test('no failure of a language model is taken for an answer, and all providers fail alike', () => {
  const byFault = Map.groupBy(seen.models, ({ fault }) => fault);
  for (const rows of byFault.values()) {
    expect(rows).toHaveLength(MODELS.length);
    expect(new Set(rows.map(({ adapter, ...row }) => JSON.stringify(row))).size).toBe(1);
  }
  for (const { becomes, conversation } of seen.models) {
    expect(becomes).toMatch(/^`\w+`$/);
    expect(conversation).toMatch(/next try in|^dead letter/);
  }
});
