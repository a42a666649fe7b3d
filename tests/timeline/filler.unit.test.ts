import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isFiller } from '../../src/timeline/filler.ts';

it.each([
  ['Hm.'],
  ['Yeah, okay.'],
  ['Mm-hmm.'],
  ['Hmmmmm… oh, well.'],
  ['UH, um, uh.'],
  ['Ja, ja, genau.'],
  ['Äh, also, hm.'],
  ['Sí, sí, vale.'],
  ['Euh… ouais.'],
  ['うん、えっと、はい。'],
  ['嗯，好的。'],
  ['Ну да, угу.'],
])('%s is filler', (text) => {
  expect(isFiller([text], 3000)).toBe(true);
});

it.each([
  ['No.'],
  ['Stop!'],
  ['Call Ana.'],
  ['Yeah, the roof.'],
  ['Ja, morgen.'],
  ['はい、明日。'],
  ['好的，明天见。'],
  ['7'],
  ['...'],
  [''],
])('%s is none', (text) => {
  expect(isFiller([text], 3000)).toBe(false);
});

it('is short in words and in time', () => {
  expect(isFiller(Array(12).fill('hm'), 15_000)).toBe(true);
  expect(isFiller(Array(13).fill('hm'), 15_000)).toBe(false);
  expect(isFiller(['hm'], 15_001)).toBe(false);
});

it('one word that may mean something keeps it, wherever it stands', () => {
  const filler = fc.array(fc.constantFrom('hm', 'yeah', 'okay', 'uh'), { maxLength: 10 });
  fc.assert(
    fc.property(filler, filler, fc.constantFrom('roof', 'tomorrow', 'no', 'Ana'), (before, after, word) => {
      expect(isFiller([...before, word, ...after], 5000)).toBe(false);
      if (before.length > 0) expect(isFiller(before, 5000)).toBe(true);
    }),
  );
});
