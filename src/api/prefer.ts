import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Fires when the server is told to stop, before it waits for what is under way. */
    closing: AbortSignal;
  }
}

/** Under the 30 s at which the impatient among proxies give up. */
const LONGEST_WAIT_MS = 25_000;

/** RFC 7240 `Prefer: wait=N`: how long the client is willing to wait, in milliseconds; 0 without one. */
export function preferredWaitMs(request: FastifyRequest): number {
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
 * Fires when the client has gone, or has its answer: nobody waits any more. Also when the server stops: who waits for
 * a result is answered how it stands, instead of holding the stop up for a minute.
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
  // Of the answer and not of the connection: that one is kept for the next request, and would gather listeners.
  reply.raw.once('close', close);
  return closed.signal;
}
