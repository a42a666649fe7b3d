import { ProviderError } from '../provider-error.ts';

/**
 * An endpoint says where to send, and has the header that says who we are. It is checked once at the start, without
 * repeating what was given: `fetch` would quote a key with a stray line break, or a password in the address, in its error.
 */
export interface Endpoint {
  readonly url: URL;
  /** For messages: no query and no password. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes the key out of what somebody else wrote. */
  redact(text: string): string;
}

interface Access {
  /** The word before the key; null where the key stands alone. */
  scheme: 'Bearer' | 'Token' | null;
  apiKey: string | undefined;
  /** Whose, for messages. */
  of?: string;
}

/** @param path after the base's own; empty when the base is the whole address */
export function endpointOf(
  baseUrl: string,
  path: string,
  { scheme, apiKey, of = 'the transcriber' }: Access,
): Endpoint {
  const base = URL.parse(baseUrl);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new ProviderError('configuration', `the address of ${of} is not an http(s) URL`);
  }
  if (base.username !== '' || base.password !== '') {
    throw new ProviderError('configuration', `the address of ${of} may not hold a password`);
  }
  const key = apiKey?.trim();
  if (key && !/^[\x21-\x7e]+$/.test(key)) {
    throw new ProviderError('configuration', `the key of ${of} has characters no key can have`);
  }
  const url = new URL(base);
  if (path !== '') url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return {
    url,
    name: `${url.host}${url.pathname}`,
    headers: key ? { authorization: scheme === null ? key : `${scheme} ${key}` } : {},
    redact: (text) => (key ? text.replaceAll(key, '[key]') : text),
  };
}

/** Makes the endpoint of one thing below an address, by an id that its server gave; messages go on naming the address. */
export function below(endpoint: Endpoint, id: string): Endpoint {
  const url = new URL(endpoint.url);
  url.pathname = `${url.pathname}/${id}`;
  return { ...endpoint, url };
}
