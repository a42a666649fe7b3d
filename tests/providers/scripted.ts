import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Scripted {
  url: string;
  openAiUrl: string;
  asked: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }[];
  close(): Promise<void>;
}

export interface Line {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Ends the connection when that much of the body is out. */
  cutAt?: number;
  /** Sends that much of the body and nothing more. */
  hangsAt?: number;
}

/** A server that answers line by line, the last one for ever: for what no simulated provider would ever say. */
export async function scripted(...lines: Line[]): Promise<Scripted> {
  const asked: Scripted['asked'] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    const {
      status = 200,
      headers = {},
      body = {},
      cutAt,
      hangsAt,
    } = lines[Math.min(asked.length, lines.length) - 1] ?? {};
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const length = String(Buffer.byteLength(text));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers });
    if (cutAt !== undefined) response.write(text.slice(0, cutAt), () => response.destroy());
    else if (hangsAt !== undefined) response.write(text.slice(0, hangsAt));
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    openAiUrl: `${url}/v1`,
    asked,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
