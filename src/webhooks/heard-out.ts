/**
 * Sends a POST to an address that a person has given, and hears its answer out. Redirects are not followed: an address is
 * changed by its person.
 */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { retryAfterMsOf } from '../providers/http/retry-after.ts';

/** Nobody reads the answer. It is heard out up to here, so that an honest receiver does not meet a broken connection. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface Answer {
  status: number;
  retryAfterMs: number | undefined;
}

export async function postHeardOut(
  url: URL,
  body: string | Uint8Array,
  options: RequestOptions,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = url.protocol === 'http:' ? plainRequest : tlsRequest;
  // Each has a connection of its own, so none goes over one that was opened before its address was checked.
  const outgoing = request(url, { ...options, method: 'POST', agent: false }, (answer) => {
    let bytes = 0;
    const end = () => resolve({ status: answer.statusCode ?? 0, retryAfterMs: retryAfterOf(answer) });
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

function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const told = new Headers();
  for (const name of ['retry-after', 'date'] as const) if (headers[name]) told.set(name, headers[name]);
  return retryAfterMsOf(told);
}
