import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spokenWords, wordCounts, wordErrorRate, wordErrors } from './word-error-rate.ts';

test('counts substituted, missing and added words once each', () => {
  expect(wordErrors(['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(0);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'b', 'b', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], [])).toBe(3);
  expect(wordErrors([], ['a'])).toBe(1);
});

test('tells changed, lost and invented words apart, as many as there are errors', () => {
  expect(wordCounts(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual({
    said: 3,
    changed: 1,
    lost: 0,
    invented: 1,
  });
  expect(wordCounts(['a', 'b', 'c'], ['c'])).toEqual({ said: 3, changed: 0, lost: 2, invented: 0 });
  const anyWords = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
  fc.assert(
    fc.property(anyWords, anyWords, (said, heard) => {
      const { changed, lost, invented } = wordCounts(said, heard);
      expect(changed + lost + invented).toBe(wordErrors(said, heard));
      expect(said.length - lost + invented).toBe(heard.length);
    }),
  );
});

test('does not count case, punctuation and hyphens', () => {
  expect(spokenWords('“Cold-hearted,” he said; don’t — or do?')).toEqual([
    'cold',
    'hearted',
    'he',
    'said',
    'don',
    't',
    'or',
    'do',
  ]);
  expect(wordErrorRate('he was not an ill disposed young man', 'He was not an ill-disposed young man,')).toBe(
    0,
  );
  expect(wordErrorRate('ask not what', 'As not, what?')).toBeCloseTo(1 / 3);
});
