import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pairsOf, parseQuery } from '../../src/search/query.ts';

const said = (text: string) => {
  const query = parseQuery(text);
  if ('mistake' in query) return query.mistake;
  return query.terms.map(({ parts, isExcluded }) =>
    [isExcluded ? '-' : '', ...parts.map((part) => `${part.kind}:${part.text}`)].join(' ').trim(),
  );
};

it('reads words, phrases, what must not be there, and beginnings', () => {
  expect(said('budget anna')).toEqual(['words:budget', 'words:anna']);
  expect(said('"kitchen window" -paint -"old roof" meet*')).toEqual([
    'words:kitchen window',
    '- words:paint',
    '- words:old roof',
    'beginning:meet',
  ]);
  expect(said('„Küche“ «fenêtre»')).toEqual(['words:Küche', 'words:fenêtre']);
});

it('a phrase that is still being typed goes to the end, and a minus within a word is part of it', () => {
  expect(said('"kitchen win')).toEqual(['words:kitchen win']);
  expect(said('e-mail')).toEqual(['words:e-mail']);
});

it('runs of scripts without blanks are told apart from words', () => {
  expect(said('iPhone会议')).toEqual(['words:iPhone run:会议']);
  expect(said('"明日の会議"')).toEqual(['run:明日の会議']);
  expect(said('ประชุม')).toEqual(['run:ประชุม']);
  expect(pairsOf('会议室')).toBe("'会议' <-> '议室'");
  expect(pairsOf('猫')).toBe("'猫':*");
});

it('says what is missing', () => {
  expect(said('')).toMatch(/no word/);
  expect(said(' & | ! () "" - 😀')).toMatch(/no word/);
  expect(said('-paint')).toMatch(/to be found/);
  expect(said('a '.repeat(17))).toMatch(/at most 16/);
});

it('takes any text, and each word of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const query = parseQuery(text);
      if ('mistake' in query) return;
      for (const { parts } of query.terms) {
        expect(parts.length).toBeGreaterThan(0);
        for (const { text: part } of parts) expect(part).toMatch(/[\p{L}\p{N}]|[\u0E01-\u{3134F}]/u);
      }
    }),
  );
});
