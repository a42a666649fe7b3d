import { expect, test } from 'vitest';
import { FailedPieces } from '../../src/pipeline/retry-policy.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';

const waiting = new AbortController().signal;
const failure = new ProviderError('upstream', 'it failed');

test('an attempt goes on past single failures, and keeps the first one', () => {
  const failed = new FailedPieces();
  for (let piece = 0; piece < 100; piece++) {
    if (piece % 3 === 0) failed.passes();
    else
      expect(failed.leave(piece === 1 ? failure : new ProviderError('timeout', 'late'), waiting)).toBeNull();
  }
  expect(failed.first).toBe(failure);
});

test('it ends at the fifth failure in a row', () => {
  const failed = new FailedPieces();
  for (let piece = 0; piece < 4; piece++) failed.leave(failure, waiting);
  expect(() => failed.leave(failure, waiting)).toThrow(failure);
});

test.each([
  ['a wrong setting', new ProviderError('configuration', 'no such model')],
  ['a provider that is known to be down', new ProviderError('upstream', 'down', { call: 'not_made' })],
  ['a provider that names a time', new ProviderError('rate_limited', 'busy', { retryAfterMs: 1000 })],
  ['what cannot be read', new ProviderError('invalid_input', 'no audio')],
  ['a bug', new TypeError('x is not a function')],
])('it ends at %s', (_, error) => {
  expect(() => new FailedPieces().leave(error, waiting)).toThrow(error);
});

test('it ends when nobody waits for it', () => {
  const gone = AbortSignal.abort(new Error('gone'));
  expect(() => new FailedPieces().leave(failure, gone)).toThrow(failure);
});
