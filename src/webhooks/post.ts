/**
 * Sends one attempt and says what came of it. Each has a connection of its own, so none goes over one that was opened before
 * its address was checked. Redirects are not followed: an address is changed by its person.
 */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { within } from '../providers/deadline.ts';
import { retryAfterMsOf } from '../providers/http/retry-after.ts';
import { addressOf, guardedLookup, mayReach, type Reach, type Resolve } from './reachable.ts';
import { type Failure, failureOf, fetchError } from './refused.ts';

/** Svix's, and the lowest of the specification. */
const ATTEMPT_MS = 15_000;
/** Nobody reads the answer. It is heard out up to here, so that an honest receiver does not meet a broken connection. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface Outcome {
  status: number | null;
  /** null: it was taken. */
  failure: Failure | null;
  retryAfterMs?: number | undefined;
}

interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface PostOptions {
  reach: Reach;
  signal: AbortSignal;
  attemptMs?: number;
  /** Only for tests of names that lead to one address and then to another. */
  resolve?: Resolve;
}

export async function post(
  { url: given, headers, body }: Post,
  { reach, signal, attemptMs = ATTEMPT_MS, resolve }: PostOptions,
): Promise<Outcome> {
  const url = new URL(given);
  const isPlain = url.protocol === 'http:';
  const address = addressOf(url);
  // No name is looked up for it, so it is checked here.
  if (address !== null && !mayReach(address, reach, isPlain))
    return { status: null, failure: 'address_refused' };
  try {
    const late = () => fetchError('timeout');
    return await within([signal], { ms: attemptMs, late }, async (until) => {
      const answer = await send(url, {
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        body,
        lookup: guardedLookup(reach, isPlain, resolve),
        signal: until,
      });
      return toOutcome(answer);
    });
  } catch (error) {
    // The worker stops: this attempt was none.
    signal.throwIfAborted();
    return { status: null, failure: failureOf(error) };
  }
}

interface Sending {
  headers: Record<string, string>;
  body: string;
  lookup: ReturnType<typeof guardedLookup>;
  signal: AbortSignal;
}

async function send(url: URL, { headers, body, lookup, signal }: Sending): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === 'http:' ? plainRequest : tlsRequest;
  const outgoing = request(url, { method: 'POST', headers, lookup, signal, agent: false }, (answer) => {
    let bytes = 0;
    const end = () => resolve(answer);
    // A status is an answer, also when the rest of it breaks.
    answer.on('error', end).on('end', end).on('close', end);
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MOST_ANSWER_BYTES) answer.destroy();
    });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return await promise;
}

function toOutcome({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { status, failure: null };
  const told = new Headers();
  for (const name of ['retry-after', 'date'] as const) if (headers[name]) told.set(name, headers[name]);
  const retryAfterMs = retryAfterMsOf(told);
  const failure = status >= 300 && status < 400 ? 'redirect' : 'status';
  return { status, failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
