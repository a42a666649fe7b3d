import type { Upload } from '@afterword/client';
import { expect, test } from 'vitest';
import { fileLine } from '../../src/cli/demo/file-line.ts';

type File = Upload['files'][number];

const WAITING = {
  outcome: 'waiting',
  code: 'queued',
  reason: null,
  progress: { heardMs: 0, durationMs: 60_000 },
  expected: null,
  timings: {},
} as unknown as File;

test('a recording that waits for a worker says so', () => {
  expect(fileLine(WAITING)).toBe('waits for a worker');
  expect(fileLine({ ...WAITING, code: null })).toBe('waits for a worker');
});

test('a recording that waits for its next attempt says why', () => {
  const refused = { ...WAITING, code: 'configuration', reason: 'deepgram answered 401: the key was refused' };
  expect(fileLine(refused)).toBe('waits (configuration): deepgram answered 401: the key was refused');
});
