import { expect, test } from 'vitest';
import { spokenWords, wordErrorRate, wordErrors } from './word-error-rate.ts';

test('counts substituted, missing and added words once each', () => {
  expect(wordErrors(['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(0);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], ['a', 'b', 'b', 'c'])).toBe(1);
  expect(wordErrors(['a', 'b', 'c'], [])).toBe(3);
  expect(wordErrors([], ['a'])).toBe(1);
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
