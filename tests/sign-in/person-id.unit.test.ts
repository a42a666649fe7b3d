import { expect, it } from 'vitest';
import { readOutsideId } from '../../src/sign-in/person-id.ts';

it('an id is the same person however its letters are composed, and looks like nobody else', () => {
  expect(readOutsideId('Zoe\u0308')).toEqual({ id: 'Zo\u00eb' });
  expect(readOutsideId('auth0|64f1')).toEqual({ id: 'auth0|64f1' });
  for (const id of ['', ' ', 'ana\u200b', 'ana\u202e', 'a\u0000', 'x'.repeat(257)])
    expect(readOutsideId(id), JSON.stringify(id)).toHaveProperty('fault');
});
