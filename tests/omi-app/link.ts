/**
 * A bad network between a phone and a server: requests and answers are delayed, cut before, within and after the body, and
 * delivered twice. It works on whole requests, since only so can it lose an answer of which the server knows nothing.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const FATES = ['cut before', 'cut in request', 'answer lost', 'cut in answer', 'doubled', 'delayed'] as const;
export type Fate = (typeof FATES)[number] | 'plain';

export interface LinkOptions {
  /** Where the server is now; it moves when it is started again. */
  target: () => string;
  random: () => number;
  /** The share of requests that each fate meets. */
  share: number;
  longestDelayMs: number;
}

interface Sent {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export class Link {
  readonly counts = new Map<Fate | 'no server', number>();
  readonly #options: LinkOptions;
  readonly #server: Server;

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#server = createServer((incoming, response) => {
      incoming.on('error', () => response.destroy());
      response.on('error', () => {});
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = 'GET', url = '/', headers } = incoming;
        const sent = { method, path: url, headers, body: Buffer.concat(chunks) };
        this.#pass(sent, response).catch(() => response.destroy());
      });
    });
  }

  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    await once(link.#server.listen(0, '127.0.0.1'), 'listening');
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(sent: Sent, response: ServerResponse): Promise<void> {
    const fate = this.#draw();
    this.#count(fate);
    if (fate === 'cut before') return void response.destroy();
    if (fate === 'cut in request') {
      await this.#sendHalf(sent);
      return void response.destroy();
    }
    if (fate === 'delayed') await delay(this.#options.random() * this.#options.longestDelayMs);
    const answers = await Promise.allSettled([
      this.#send(sent),
      ...(fate === 'doubled' ? [this.#send(sent)] : []),
    ]);
    // Of two answers the phone gets the one to the second delivery, as when the first was given up.
    const answer = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])).at(-1);
    if (!answer) this.#count('no server');
    if (!answer || fate === 'answer lost') return void response.destroy();
    const { 'transfer-encoding': _, connection: __, ...headers } = answer.headers;
    response.writeHead(answer.status, { ...headers, 'content-length': answer.body.length });
    if (fate === 'cut in answer' && answer.body.length > 1) {
      response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
    } else {
      response.end(sent.method === 'HEAD' ? undefined : answer.body);
    }
  }

  #draw(): Fate {
    const lot = this.#options.random();
    return FATES[Math.floor(lot / this.#options.share)] ?? 'plain';
  }

  #count(what: Fate | 'no server'): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  async #send(sent: Sent): Promise<Answer> {
    const outgoing = this.#request(sent);
    outgoing.end(sent.body);
    const [incoming] = await once(outgoing, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    return { status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks) };
  }

  /** The server sees a body that stops in the middle. */
  async #sendHalf(sent: Sent): Promise<void> {
    const outgoing = this.#request(sent);
    outgoing.on('error', () => {});
    await new Promise<void>((resolve) => {
      outgoing.once('error', () => resolve());
      outgoing.write(sent.body.subarray(0, sent.body.length / 2), () => resolve());
      if (sent.body.length < 2) resolve();
    });
    outgoing.destroy();
  }

  #request({ method, path, headers, body }: Sent) {
    const { host: _, connection: __, 'transfer-encoding': ___, ...kept } = headers;
    return request(`${this.#options.target()}${path}`, {
      method,
      agent: false,
      headers: { ...kept, 'content-length': body.length },
    });
  }
}
