/** One request and the whole of its answer, or a TranscriptionError that says why there is none. */
import { TranscriptionError } from '../transcriber.ts';
import type { Endpoint } from './endpoint.ts';

export interface Reply {
  status: number;
  headers: Headers;
  /** As text; empty when a refusal broke off, for its status says enough. */
  body: string;
}

/** A hundred times what the words of 30 s take. More is not an answer, and must not fill the memory. */
const MOST_BYTES = 8 * 1024 * 1024;
/** `fetch` gives up by itself after 5 minutes; for us that is a late answer like any other. */
const GAVE_UP = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

export async function post(
  endpoint: Endpoint,
  content: { body: FormData | Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const { body: sent, type } = await encoded(content.body);
    signal.throwIfAborted();
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { accept: 'application/json', ...type, ...content.headers, ...endpoint.headers },
      body: sent,
      // A redirect of a POST comes back as a GET, without the audio; better to say that the address is wrong.
      redirect: 'manual',
      signal,
    });
    const { status, headers, ok } = response;
    const body = await readBody(response, endpoint).catch((error: unknown) => {
      if (ok || signal.aborted) throw error;
      return '';
    });
    return { status, headers, body };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof TranscriptionError) throw error;
    throw connectionError(error, endpoint);
  }
}

/**
 * A form as bytes. Danger: when `fetch` is aborted while it still encodes a form by itself, it rejects where nobody can
 * catch, and that ends the process (Node 24).
 */
async function encoded(
  body: FormData | Uint8Array<ArrayBuffer>,
): Promise<{ body: Uint8Array<ArrayBuffer>; type: Record<string, string> }> {
  if (body instanceof Uint8Array) return { body, type: {} };
  const form = new Response(body);
  const type = form.headers.get('content-type') ?? '';
  return { body: new Uint8Array(await form.arrayBuffer()), type: { 'content-type': type } };
}

async function readBody(response: Response, endpoint: Endpoint): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new TranscriptionError('upstream', `${endpoint.name} answered more than ${MOST_BYTES} bytes`);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function connectionError(error: unknown, endpoint: Endpoint): TranscriptionError {
  const code = codeOf(error);
  const kind = GAVE_UP.has(code) ? 'timeout' : 'upstream';
  return new TranscriptionError(kind, `no answer from ${endpoint.name}: ${endpoint.redact(code)}`, {
    cause: error,
  });
}

/** `fetch` says "fetch failed" or "terminated" for everything; the reason lies below it. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return codeOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
