/** Texts that have broken somebody's server before, and random ones. */
import type { Chance } from './chance.ts';

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  'a\nb',
  'a\r\nb: c',
  '\u0085\u2028\u2029',
  '\ud83d',
  '\udc00x',
  '\ufeff',
  '\u202egnp.exe',
  'é'.normalize('NFD'),
  '👩‍👩‍👧‍👦🎙️',
  '../../../etc/passwd',
  'C:\\audio\\x.bin',
  "'; DROP TABLE recordings; --",
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%ED%A0%80',
  '$(id)',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-1',
  '0',
  '1e309',
  '9007199254740993',
  '99999999999999999999',
  '1.5',
  '0x10',
  'true',
  '[]',
  '{}',
  '*',
  '..',
  'a~b',
  '1~a\0',
  '999999999999999~rec_1',
  '-1~a',
  'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin',
  'x_99999999999999999999.wav',
  'x_-1.wav',
  `${'x'.repeat(254)}.bin`,
  'x'.repeat(300),
  'é'.repeat(5000),
];

export function anyText(chance: Chance): string {
  const text = chance.one(TEXTS);
  if (chance.under(0.5)) return text;
  const units = Array.from({ length: chance.below(12) }, () => chance.below(0x10000));
  return chance.under(0.5) ? String.fromCharCode(...units) : text + String.fromCharCode(...units);
}

export function anyBytes(chance: Chance, most: number): Buffer {
  return Buffer.from(Array.from({ length: chance.below(most) }, () => chance.below(256)));
}

/** JSON of any shape, with the keys that a route knows among others. */
export function anyJson(chance: Chance, keys: readonly string[], depth = 0): unknown {
  const kind = chance.below(depth > 3 ? 5 : 8);
  if (kind < 2) return anyText(chance);
  if (kind === 2) return chance.one([0, -1, 1e308, 2 ** 53, 1.5, null, true, false]);
  if (kind < 5) return chance.one(['', null, 'Ana', ' ', 'a'.repeat(101)]);
  if (kind === 5) return Array.from({ length: chance.below(4) }, () => anyJson(chance, keys, depth + 1));
  const names = Array.from({ length: 1 + chance.below(3) }, () =>
    keys.length > 0 && chance.under(0.7) ? chance.one(keys) : anyText(chance),
  );
  return Object.fromEntries(names.map((name) => [name, anyJson(chance, keys, depth + 1)]));
}
