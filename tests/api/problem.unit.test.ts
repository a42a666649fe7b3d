import { expect, it } from 'vitest';
import { toRefusal } from '../../src/api/problem.ts';

it.each([
  [
    'a database whose connection was reset',
    { code: 'ECONNRESET', message: 'read ECONNRESET' },
    'unavailable',
  ],
  [
    'a database that is starting',
    { code: '57P03', message: 'the database system is starting up' },
    'unavailable',
  ],
  [
    'a transaction whose connection broke',
    { message: 'Client has encountered a connection error and is not queryable' },
    'unavailable',
  ],
  ['a pool that got no connection', { message: 'timeout exceeded when trying to connect' }, 'unavailable'],
  ['no more file handles', { code: 'EMFILE', message: 'too many open files' }, 'unavailable'],
  ['a full disk', { code: 'ENOSPC', message: 'no space left on device' }, 'storage_full'],
  ['a full disk under the database', { code: '53100', message: 'could not extend file' }, 'storage_full'],
  ['a bug', { message: 'x is not a function' }, 'internal'],
])('answers %s for what it is', (_what, { message, ...more }: { message: string; code?: string }, code) => {
  expect(toRefusal(Object.assign(new Error(message), more)).code).toBe(code);
});
