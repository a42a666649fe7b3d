import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Lease } from '../engine/leases.ts';

export interface WorkerHealth {
  readonly port: number;
  stop(): Promise<void>;
}

export interface WorkerHealthOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  lease: Pick<Lease, 'healthyForMs' | 'signal'>;
  log: Logger;
}

/**
 * Answers a worker's supervisor: `/health/live` while its process works, `/health/ready` while its heartbeats get through,
 * which is as long as it may take work. It shows nothing about any person.
 */
export async function startWorkerHealth({
  host,
  port,
  lease,
  log,
}: WorkerHealthOptions): Promise<WorkerHealth> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return answer(response, 200, { live: !lease.signal.aborted });
    const ready = lease.healthyForMs() > 0 && !lease.signal.aborted;
    if (path === '/health' || path === '/health/ready')
      return answer(response, ready ? 200 : 503, { live: true, ready });
    return answer(response, 404, { code: 'not_found' });
  });
  // An answer takes milliseconds, so nobody needs a connection for longer.
  server.requestTimeout = 5_000;
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  log.info({ host, port: actual }, 'the worker answers GET /health/live and /health/ready');
  let stopped: Promise<void> | undefined;
  return {
    port: actual,
    stop() {
      stopped ??= (async () => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      })();
      return stopped;
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
