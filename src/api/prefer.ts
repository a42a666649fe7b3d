import type { FastifyReply, FastifyRequest } from 'fastify';

/** Under the 30 s at which the impatient among proxies give up. */
const LONGEST_WAIT_MS = 25_000;

/** RFC 7240 `Prefer: wait=N`: how long the client is willing to wait, in milliseconds; 0 without one. */
export function preferredWaitMs(request: FastifyRequest): number {
  const header = request.headers.prefer;
  const seconds = Number(/(?:^|[,;\s])wait=(\d{1,5})(?:$|[,;\s])/.exec(String(header ?? ''))?.[1] ?? 0);
  return Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

/** Fires when the client has gone, or has its answer: nobody waits any more. */
export function closedSignal(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  // Of the answer and not of the connection: that one is kept for the next request, and would gather listeners.
  reply.raw.once('close', () => closed.abort());
  return closed.signal;
}
