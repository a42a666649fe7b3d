import { TranscriptionError } from '../transcriber.ts';

/**
 * Where to send, and the header that says who we are. Checked once at the start, and without repeating what was
 * given: `fetch` would quote a key with a stray line break, or a password in the address, in the error it throws.
 */
export interface Endpoint {
  readonly url: URL;
  /** For messages: no query and no password. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes the key out of what somebody else wrote. */
  redact(text: string): string;
}

/** @param scheme the word before the key; null where the key stands alone */
export function endpointOf(
  baseUrl: string,
  path: string,
  { scheme, apiKey }: { scheme: 'Bearer' | 'Token' | null; apiKey: string | undefined },
): Endpoint {
  const base = URL.parse(baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new TranscriptionError('configuration', 'the address of the transcriber is not an http(s) URL');
  }
  if (base.username !== '' || base.password !== '') {
    throw new TranscriptionError('configuration', 'the address of the transcriber may not hold a password');
  }
  const key = apiKey?.trim();
  if (key && !/^[\x21-\x7e]+$/.test(key)) {
    throw new TranscriptionError(
      'configuration',
      'the key of the transcriber has characters no key can have',
    );
  }
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return {
    url,
    name: `${url.host}${url.pathname}`,
    headers: key ? { authorization: scheme === null ? key : `${scheme} ${key}` } : {},
    redact: (text) => (key ? text.replaceAll(key, '[key]') : text),
  };
}

/** One thing below an address, by an id that its server gave; messages go on naming the address. */
export function below(endpoint: Endpoint, id: string): Endpoint {
  const url = new URL(endpoint.url);
  url.pathname = `${url.pathname}/${id}`;
  return { ...endpoint, url };
}
