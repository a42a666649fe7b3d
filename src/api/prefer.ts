import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Waiting } from '../views/wait.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Fires when the server is told to stop, before it waits for running requests. */
    closing: AbortSignal;
  }
}

/** Under the 30 s after which impatient proxies give up. */
const LONGEST_WAIT_MS = 25_000;

/** The rest is for reading what is answered then. */
const SHARE_OF_LIMIT = 0.85;

/** What the routes say that wait. */
export const WAITS = '`Prefer: wait=N` waits up to N seconds (at most 25) for that.';

/** How long this read waits for a change, and until when it does; the answer says that the wish was followed. */
export function preferredWait(request: FastifyRequest, reply: FastifyReply): Waiting {
  // A limit of the route that is shorter ends the wait with how things stand, and not with a refusal.
  const mostMs = request.limitMs > 0 ? Math.floor(request.limitMs * SHARE_OF_LIMIT) : LONGEST_WAIT_MS;
  const waitMs = Math.min(preferredWaitMs(request), mostMs);
  reply.header('vary', 'prefer');
  if (waitMs > 0) reply.header('preference-applied', `wait=${waitMs / 1000}`);
  return { waitMs, signal: closedSignal(reply) };
}

/** Reads RFC 7240 `Prefer: wait=N`: the time that the client is willing to wait, in milliseconds; 0 without it. */
function preferredWaitMs(request: FastifyRequest): number {
  const header = request.headers.prefer;
  const seconds = Number(/(?:^|[,;\s])wait=(\d{1,5})(?:$|[,;\s])/.exec(String(header ?? ''))?.[1] ?? 0);
  return Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

export function installClosing(app: FastifyInstance): void {
  const closing = new AbortController();
  app.decorate('closing', closing.signal);
  app.addHook('preClose', async () => closing.abort());
}

/**
 * Fires when the client has gone or has its answer, so that nobody waits any more. It also fires when the server stops:
 * waiting requests are then answered with the present state instead of delaying the stop for a minute.
 */
export function closedSignal(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  const { closing } = reply.server;
  const close = () => {
    closing.removeEventListener('abort', close);
    closed.abort();
  };
  if (closing.aborted) close();
  else closing.addEventListener('abort', close);
  whenClosed(reply, close);
  return closed.signal;
}

/**
 * Calls when the client has gone or has its answer, at once if that is so already: a client may go while it is looked up who
 * they are, and what waits for a close that has been would wait for ever, with the place that it holds.
 */
export function whenClosed({ raw }: FastifyReply, listener: () => void): void {
  // This listens to the answer and not to the connection, which is kept for the next request and would collect
  // listeners.
  if (raw.closed || raw.destroyed) listener();
  else raw.once('close', listener);
}
