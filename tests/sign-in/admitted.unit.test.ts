import { expect, it } from 'vitest';
import { isAdmitted } from '../../src/sign-in/admitted.ts';

const PEOPLE = ['Ana@Example.com', 'eva@example.com', '@team.example', 'auth0|64f1'];

it.each([
  ['an address', 'ana@example.com', 'x', true],
  ['another one', 'bob@example.com', 'x', false],
  ['a domain', 'bob@team.example', 'x', true],
  ['a longer domain', 'bob@not-team.example', 'x', false],
  ['a part of it', 'bob@sub.team.example', 'x', false],
  ['two at-signs', 'bob@team.example@evil.example', 'x', false],
  ['a domain inside an address', '"@team.example"@evil.example', 'x', false],
  ['a subject', null, 'auth0|64f1', true],
  ['a subject that is like an address', null, 'eva@example.com', false],
  ['nobody known', null, 'x', false],
])('%s', (_what, email, subject, expected) => {
  expect(isAdmitted(PEOPLE, { email, subject })).toBe(expected);
});

it('without a list everybody whom the provider signs in comes in', () => {
  expect(isAdmitted([], { email: null, subject: 'x' })).toBe(true);
});
