/** The public keys of an issuer, fetched when they are needed and kept as long as the issuer allows. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { AfterwordError } from '../errors.ts';
import { within } from '../providers/deadline.ts';

const FETCH_WITHIN_MS = 5_000;
/** A key set holds a handful of keys of about 500 bytes. */
const MOST_BYTES = 100_000;
const LEAST_AGE_MS = 60_000;
const MOST_AGE_MS = 24 * 3_600_000;
/** Without a word of the issuer. */
const USUAL_AGE_MS = 600_000;
/** Tokens with unknown keys would otherwise make us ask the issuer as often as somebody sends one. */
const ASK_AGAIN_AFTER_MS = 30_000;

interface Held {
  find: JWTVerifyGetKey;
  fetchedAt: number;
  goodUntil: number;
}

/**
 * @returns a function that finds the key of a token. An issuer that cannot be reached says nothing about the token, so
 * that is `sign_in_unavailable` and not a refusal.
 */
export function keySetAt(url: string, now: () => number = () => performance.now()): JWTVerifyGetKey {
  let held: Held | null = null;
  let fetching: Promise<Held> | null = null;

  /** Requests that come together wait for one answer. */
  const renew = async (): Promise<Held> => {
    fetching ??= fetchKeys(url, now).finally(() => {
      fetching = null;
    });
    held = await fetching;
    return held;
  };

  return async (header, token) => {
    const keys = held && now() < held.goodUntil ? held : await renew();
    try {
      return await keys.find(header, token);
    } catch (error) {
      // The issuer may have begun to sign with a new key since then.
      const isOld = now() - keys.fetchedAt >= ASK_AGAIN_AFTER_MS;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isOld) throw error;
      return await (await renew()).find(header, token);
    }
  };
}

async function fetchKeys(url: string, now: () => number): Promise<Held> {
  const late = () => new Error(`no answer within ${FETCH_WITHIN_MS} ms`);
  try {
    const { text, maxAge } = await within([], { ms: FETCH_WITHIN_MS, late }, async (signal) => {
      const response = await fetch(url, { signal, redirect: 'error' });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      return { text: await bounded(response), maxAge: response.headers.get('cache-control') };
    });
    const find = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
    const fetchedAt = now();
    return { find, fetchedAt, goodUntil: fetchedAt + ageOf(maxAge) };
  } catch (error) {
    throw new AfterwordError('sign_in_unavailable', `The keys at ${url} cannot be read.`, { cause: error });
  }
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`it is longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function ageOf(cacheControl: string | null): number {
  const seconds = /\bmax-age=(\d{1,9})\b/.exec(cacheControl ?? '')?.[1];
  const ms = seconds === undefined ? USUAL_AGE_MS : Number(seconds) * 1000;
  return Math.min(Math.max(ms, LEAST_AGE_MS), MOST_AGE_MS);
}
