/**
 * What an API key looks like: `afw_`, 12 characters that find its row, 32 that are its secret, and a checksum. The prefix
 * lets scanners find a key that leaked, and the checksum refuses a mistyped one without a query.
 */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'afw_';
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 32 of 62 letters are 190 bits. */
const SECRET_LENGTH = 32;
/** 62^6 is more than 2^32. */
const SUM_LENGTH = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${ID_LENGTH + SECRET_LENGTH + SUM_LENGTH}}$`);

export interface NewKey {
  id: string;
  /** Shown once, to whoever makes the key; only its digest is stored. */
  token: string;
}

export function newKey(): NewKey {
  const id = letters(ID_LENGTH);
  const body = `${PREFIX}${id}${letters(SECRET_LENGTH)}`;
  return { id: `key_${id}`, token: body + sumOf(body) };
}

/** Whether it is meant to be a key of ours, right or not. */
export function looksLikeKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** @returns the id of its row; null if it cannot be a key, because it was mistyped or cut off */
export function keyIdOf(token: string): string | null {
  if (!FORM.test(token)) return null;
  const body = token.slice(0, -SUM_LENGTH);
  if (sumOf(body) !== token.slice(-SUM_LENGTH)) return null;
  return `key_${body.slice(PREFIX.length, PREFIX.length + ID_LENGTH)}`;
}

export function digestOf(secret: Buffer, token: string): string {
  return createHmac('sha256', secret).update(token).digest('base64url');
}

/** Compares in a time that does not depend on where the two differ. Both are digests, so their lengths are equal. */
export function sameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

/** CRC-32 finds every error within four neighbouring characters: one wrong, two exchanged. */
function sumOf(body: string): string {
  let rest = crc32(body);
  let sum = '';
  for (let at = 0; at < SUM_LENGTH; at++) {
    sum = (LETTERS[rest % LETTERS.length] ?? '') + sum;
    rest = Math.floor(rest / LETTERS.length);
  }
  return sum;
}

function letters(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
