import { expect, test } from 'vitest';
import { fittingTerms, knownAmong } from '../../src/speech/hints.ts';

test('a provider is told only the languages that it knows, by its own names for them', () => {
  expect(knownAmong(['sv-SE', 'EN-us', 'sv', 'xx'], ['sv', 'en', 'en-US'])).toEqual(['sv', 'en-US']);
  expect(knownAmong(['xx'], ['sv'])).toEqual([]);
  expect(knownAmong(['de-CH', 'pt-BR'], ['de', 'de-CH', 'pt'])).toEqual(['de-CH', 'pt']);
});

test('as many terms are told as fit, the first ones first', () => {
  const long = Array.from({ length: 100 }, () => 'x'.repeat(100));
  expect(fittingTerms(long)).toHaveLength(10);
  expect(fittingTerms(['a', 'b'])).toEqual(['a', 'b']);
});
