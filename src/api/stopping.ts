/**
 * Ends connections while the server stops. Closing the server ends those that are idle at that moment; all others would be
 * kept for their next request for 72 s: one that was busy then, and one over which nothing has come yet, as browsers and
 * pools of connections open them in advance.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A request that was sent as the stop began has come by the first look. */
const LOOK_EVERY_MS = 250;
/** After the drain everything is answered (`time-limits.ts`), and so long the answers may take to be read. */
const AFTER_DRAIN_MS = 5_000;

/** Must come after `installClosing`. */
export function installStopping(app: FastifyInstance, { drainMs }: { drainMs: number }): void {
  const { server } = app;
  /** Connections without a request so far; it is bounded as the connections are. */
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => void unused.delete(socket));
  app.addHook('onSend', (_request, reply, _body, done) => {
    if (app.closing.aborted) reply.header('connection', 'close');
    done();
  });
  app.addHook('preClose', async () => {
    const look = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK_EVERY_MS).unref();
    const end = setTimeout(() => server.closeAllConnections(), drainMs + AFTER_DRAIN_MS).unref();
    server.once('close', () => {
      clearInterval(look);
      clearTimeout(end);
    });
  });
}
