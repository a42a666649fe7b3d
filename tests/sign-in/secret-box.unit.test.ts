import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SealBroken, secretBox } from '../../src/sign-in/secret-box.ts';

const KEY = 'k'.repeat(32);

it('what is sealed is opened at its place, and nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (secret, place) => {
      const box = secretBox([KEY]);
      const sealed = box.seal(secret, place);
      const text = Buffer.from(secret).toString('utf8');
      expect(box.open(sealed, place)).toBe(text);
      expect(() => box.open(sealed, `${place}!`)).toThrow(SealBroken);
      expect(() => secretBox(['another key of 32 characters ....']).open(sealed, place)).toThrow(SealBroken);
      if (secret.length > 8) expect(sealed).not.toContain(secret);
    }),
  );
});

it('the same secret is never sealed alike, and one changed character breaks it', () => {
  const box = secretBox([KEY]);
  const sealed = box.seal('whsec_abc', 'webhook:1');
  expect(box.seal('whsec_abc', 'webhook:1')).not.toBe(sealed);
  for (let at = 0; at < sealed.length - 1; at++) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    expect(() => box.open(changed, 'webhook:1'), String(at)).toThrow(SealBroken);
  }
  for (const broken of ['', 'v1', 'v1..', 'v2.x.y', sealed.slice(0, 40)])
    expect(() => box.open(broken, 'webhook:1')).toThrow(SealBroken);
});

it('a new key is put before the old one, and both open', () => {
  const old = secretBox([KEY]).seal('a', 'p');
  const both = secretBox(['n'.repeat(32), KEY]);
  expect(both.open(old, 'p')).toBe('a');
  expect(() => secretBox([KEY]).open(both.seal('b', 'p'), 'p')).toThrow('another key');
});

it('without a key it stores as it is, and a key that comes later opens that too', () => {
  const plain = secretBox([]).seal('geheim ä', 'p');
  expect(secretBox([KEY]).open(plain, 'p')).toBe('geheim ä');
});
