/** An exchange sends one request and reads the whole answer, or throws a ProviderError that says why there is none. */
import { ProviderError } from '../provider-error.ts';
import type { Endpoint } from './endpoint.ts';
import { encodeForm, type Form } from './form.ts';

export interface Reply {
  status: number;
  headers: Headers;
  /** As text; empty when a refusal broke off, for its status says enough. */
  body: string;
}

/** An answer may have this size, a hundred times what the words of 30 s take; a larger one must not fill the memory. */
const MOST_BYTES = 8 * 1024 * 1024;
/** `fetch` gives up by itself after 5 minutes; for us that is a late answer like any other. */
const GAVE_UP = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

interface Content {
  /** Bytes in parts that follow each other, which are not copied. */
  body: Form | readonly Uint8Array[] | string;
  headers?: Record<string, string>;
}

export const post = (endpoint: Endpoint, content: Content, signal: AbortSignal): Promise<Reply> =>
  exchange('POST', endpoint, content, signal);

export const get = (endpoint: Endpoint, signal: AbortSignal): Promise<Reply> =>
  exchange('GET', endpoint, {}, signal);

export const remove = (endpoint: Endpoint, signal: AbortSignal): Promise<Reply> =>
  exchange('DELETE', endpoint, {}, signal);

async function exchange(
  method: 'POST' | 'GET' | 'DELETE',
  endpoint: Endpoint,
  { body: given, headers: own }: Partial<Content>,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const { init, headers: ofBody } = encoded(given);
    signal.throwIfAborted();
    const response = await fetch(endpoint.url, {
      method,
      headers: { accept: 'application/json', ...ofBody, ...own, ...endpoint.headers },
      ...init,
      // A redirect of a POST comes back as a GET, without the audio; better to say that the address is wrong.
      redirect: 'manual',
      signal,
    });
    const { status, headers, ok } = response;
    const text = await readBody(response, endpoint).catch((error: unknown) => {
      if (ok || signal.aborted) throw error;
      return '';
    });
    return { status, headers, body: text };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ProviderError) throw error;
    throw connectionError(error, endpoint);
  }
}

interface Encoded {
  init: RequestInit;
  headers: Record<string, string>;
}

function encoded(body: Content['body'] | undefined): Encoded {
  if (body === undefined) return { init: {}, headers: {} };
  if (typeof body === 'string') return { init: { body }, headers: {} };
  if (!('fields' in body)) return streamed(body);
  const { parts, type } = encodeForm(body);
  const { init, headers } = streamed(parts);
  return { init, headers: { ...headers, 'content-type': type } };
}

/**
 * `fetch` copies a body that it is given as bytes twice, and one that it reads from a stream not at all: eight pieces of
 * 2 MB that are sent together began twice as late. With its length told the body is sent as it would be otherwise.
 */
function streamed(parts: readonly Uint8Array[]): Encoded {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const left = parts.values();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = left.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
  // A refused sign-in would be an error without its status where the body cannot be sent again with other credentials.
  return { init: { body, duplex: 'half', credentials: 'omit' }, headers: { 'content-length': `${bytes}` } };
}

async function readBody(response: Response, endpoint: Endpoint): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new ProviderError('upstream', `${endpoint.name} answered more than ${MOST_BYTES} bytes`);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function connectionError(error: unknown, endpoint: Endpoint): ProviderError {
  const code = codeOf(error);
  const kind = GAVE_UP.has(code) ? 'timeout' : 'upstream';
  return new ProviderError(kind, `no answer from ${endpoint.name}: ${endpoint.redact(code)}`, {
    cause: error,
  });
}

/** Finds the reason below the error of `fetch`, which says "fetch failed" or "terminated" for everything. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return codeOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
