/** The app's way of asking: its headers, a limit of its own, and every exchange written down as the phone saw it. */
import type { Entry, Exchange } from './traffic.ts';

/** An upload may take 300 s there; nothing here is as large. */
const ANSWER_WITHIN_MS = 30_000;

export interface Answer {
  status: number | null;
  headers: Record<string, string>;
  body: string;
}

export class Transport {
  /** Connections that broke: what the phone takes for a lost network. */
  broken = 0;
  readonly #server: string;
  readonly #headers: Record<string, string>;
  readonly #traffic: Entry[];

  constructor(server: string, headers: Record<string, string>, traffic: Entry[]) {
    this.#server = server;
    this.#headers = headers;
    this.#traffic = traffic;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return await this.#ask('GET', path, headers);
  }

  async post(path: string, body: unknown): Promise<Answer> {
    return await this.#ask('POST', path, { 'content-type': 'application/json' }, JSON.stringify(body));
  }

  async upload(path: string, files: { name: string; bytes: Buffer<ArrayBuffer> }[]): Promise<Answer> {
    const form = new FormData();
    for (const { name, bytes } of files) form.append('files', new Blob([bytes]), name);
    const names = files.map(({ name }) => name);
    const answer = await this.#ask('POST', path, {}, form, names);
    // A token that ran out is renewed, and the request sent once more.
    return answer.status === 401 ? await this.#ask('POST', path, {}, form, names) : answer;
  }

  async #ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | FormData,
    files: string[] = [],
  ): Promise<Answer> {
    const exchange: Exchange = { kind: 'exchange', method, path, files, status: null, headers: {}, body: '' };
    try {
      const response = await fetch(`${this.#server}${path}`, {
        method,
        headers: {
          'x-app-platform': 'ios',
          'x-app-version': '1.0.600+600',
          'x-device-id-hash': '0a1b2c3d',
          'x-request-id': crypto.randomUUID(),
          ...this.#headers,
          ...headers,
        },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === undefined ? {} : { body }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      exchange.headers = Object.fromEntries(response.headers);
      const isText = /json|text/.test(exchange.headers['content-type'] ?? '');
      exchange.body = isText ? bytes.toString() : String(bytes.length);
      exchange.status = response.status;
    } catch {
      this.broken++;
    }
    this.#traffic.push(exchange);
    return exchange;
  }
}
