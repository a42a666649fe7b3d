/**
 * Stands between a client and an S3 and does what networks and gateways do: answers come late, never, twice or for a
 * request that is carried out again; requests are lost, or are carried out long after whoever asked has gone.
 */
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export type Fault =
  /** It is carried out at once, and answered so much later. */
  | { kind: 'answer-late'; ms: number }
  /** It is carried out and answered so much later. */
  | { kind: 'held'; ms: number }
  /** It is carried out, and the connection breaks instead of an answer. */
  | { kind: 'answer-lost' }
  /** The connection breaks, and it is never carried out. */
  | { kind: 'lost' }
  /** The connection breaks, and it is carried out so much later. */
  | { kind: 'late'; ms: number }
  /** It is carried out twice; the second answer is given. */
  | { kind: 'twice' }
  /** Its answer is sent again a moment later, when the connection waits for the next request or has it already. */
  | { kind: 'echo' };

export interface Asked {
  method: string;
  url: string;
}

export interface S3Proxy {
  readonly endpoint: string;
  /** What happens to this request; null lets it pass. */
  fault: ((asked: Asked) => Fault | null) | null;
  /** How often each kind happened. */
  readonly happened: ReadonlyMap<Fault['kind'], number>;
  /** Resolves when nothing is under way or held any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const ECHO_AFTER_MS = 3;

/** @param patienceMs after so long it gives up a far end that says nothing: s3rver may forget a request */
export async function startS3Proxy(target: string, patienceMs: number): Promise<S3Proxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const happened = new Map<Fault['kind'], number>();
  const underWay = new Set<Promise<void>>();

  const carryOut = async ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> => {
    const { expect: _asked, ...passed } = headers;
    const options = { hostname, port, method, path: url, headers: passed, agent, setHost: false };
    const signal = AbortSignal.timeout(patienceMs);
    const asking = send({ ...options, method: method ?? 'GET', path: url ?? '/', signal });
    asking.end(body);
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const fault = proxy.fault?.({ method: request.method ?? '', url: request.url ?? '' }) ?? null;
    if (fault) happened.set(fault.kind, (happened.get(fault.kind) ?? 0) + 1);
    const breakOff = () => void request.socket.destroy();
    switch (fault?.kind) {
      case 'lost':
        return breakOff();
      case 'late':
        breakOff();
        await delay(fault.ms);
        return void (await carryOut(request, body));
      case 'answer-lost':
        await carryOut(request, body);
        return breakOff();
      case 'held':
        await delay(fault.ms);
        return give(response, await carryOut(request, body));
      case 'answer-late': {
        const answer = await carryOut(request, body);
        await delay(fault.ms);
        return give(response, answer);
      }
      case 'twice':
        await carryOut(request, body);
        return give(response, await carryOut(request, body));
      case 'echo': {
        const answer = await carryOut(request, body);
        give(response, answer);
        await delay(ECHO_AFTER_MS);
        request.socket.write(asText(answer));
        return;
      }
      default:
        return give(response, await carryOut(request, body));
    }
  };

  const server = createServer((request, response) => {
    // The far end went away, or the near one did.
    const serving = serve(request, response)
      .catch(() => void request.socket.destroy())
      .finally(() => underWay.delete(serving));
    underWay.add(serving);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: null,
    happened,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
  return proxy;
}

function give(response: ServerResponse, { status, headers, body }: Answer): void {
  // Node frames the body anew.
  const { 'transfer-encoding': _chunks, connection: _hop, 'keep-alive': _time, ...passed } = headers;
  response.writeHead(status, passed).end(body);
}

/** As a head alone: the length says that nothing follows. */
function asText({ status, headers }: Answer): string {
  const { etag = '"x"' } = headers;
  return `HTTP/1.1 ${status} Again\r\netag: ${etag}\r\ncontent-length: 0\r\n\r\n`;
}
