import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf, keyIdOf, looksLikeKey, newKey, sameDigest } from '../../src/sign-in/api-key.ts';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

it('a key names its row, and looks like one that a scanner finds', () => {
  const { id, token } = newKey();
  expect(token).toMatch(/^afw_[0-9A-Za-z]{50}$/);
  expect(keyIdOf(token)).toBe(id);
  expect(looksLikeKey(token)).toBe(true);
  expect(new Set(Array.from({ length: 500 }, () => newKey().token)).size).toBe(500);
});

it('a key with any one character changed, left out, doubled or exchanged with its neighbour is no key', () => {
  fc.assert(
    fc.property(fc.nat({ max: 53 }), fc.nat({ max: 61 }), (at, letter) => {
      const { token } = newKey();
      const other = LETTERS[letter] ?? '';
      const neighbours = `${token.slice(0, at)}${token[at + 1] ?? ''}${token[at]}${token.slice(at + 2)}`;
      for (const wrong of [
        `${token.slice(0, at)}${other}${token.slice(at + 1)}`,
        `${token.slice(0, at)}${token.slice(at + 1)}`,
        `${token.slice(0, at)}${token[at]}${token.slice(at)}`,
        neighbours,
        `${token} `,
        ` ${token}`,
        `${token}\n`,
        token.toLowerCase(),
      ])
        if (wrong !== token) expect(keyIdOf(wrong), wrong).toBeNull();
    }),
  );
});

it('nothing else is taken for a key', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(keyIdOf(text)).toBeNull();
      expect(keyIdOf(`afw_${text}`)).toBeNull();
    }),
  );
});

it('a digest needs the secret of the server, and is compared as a whole', () => {
  const { token } = newKey();
  const digest = digestOf(Buffer.from('one'), token);
  expect(digest).not.toContain(token.slice(16, 48));
  expect(sameDigest(digest, digestOf(Buffer.from('one'), token))).toBe(true);
  expect(sameDigest(digest, digestOf(Buffer.from('other'), token))).toBe(false);
  expect(sameDigest(digest, '')).toBe(false);
});
