import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Lease } from '../engine/leases.ts';
import { CONTENT_TYPE, type Metrics, mayReadMetrics } from '../metrics/metrics.ts';

export interface WorkerHealth {
  readonly port: number;
  stop(): Promise<void>;
}

export interface WorkerHealthOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  lease: Pick<Lease, 'healthyForMs' | 'signal'>;
  metrics: Pick<Metrics, 'text'>;
  metricsToken?: string | undefined;
  log: Logger;
}

/**
 * Answers a worker's supervisor: `/health/live` while its process works, `/health/ready` while its heartbeats get through,
 * which is as long as it may take work. `/metrics` tells Prometheus what it counts. It shows nothing about any person.
 */
export async function startWorkerHealth({
  host,
  port,
  lease,
  metrics,
  metricsToken,
  log,
}: WorkerHealthOptions): Promise<WorkerHealth> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/health/live') return answer(response, 200, { live: !lease.signal.aborted });
    const ready = lease.healthyForMs() > 0 && !lease.signal.aborted;
    if (path === '/health' || path === '/health/ready')
      return answer(response, ready ? 200 : 503, { live: true, ready });
    if (path === '/metrics') {
      if (mayReadMetrics({ metricsToken, host }, request.headers.authorization))
        return void answerMetrics(response, metrics);
      return answer(response, 401, { code: 'not_signed_in' });
    }
    return answer(response, 404, { code: 'not_found' });
  });
  // An answer takes milliseconds, so nobody needs a connection for longer.
  server.requestTimeout = 5_000;
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  log.info({ host, port: actual }, 'the worker answers GET /health/live, /health/ready and /metrics');
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

async function answerMetrics(response: ServerResponse, metrics: Pick<Metrics, 'text'>): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text);
  } catch {
    answer(response, 503, { code: 'unavailable' });
  }
}
