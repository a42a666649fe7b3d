/** Somebody's server that is sent webhooks. Each path is told what to answer; it takes what comes otherwise. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'hang';

export interface Taken {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  taken: Taken[];
  connections: number;
  /** The next requests to this path get these, one after the other; the last one for good. */
  answer(path: string, ...answers: Answer[]): void;
  at(path: string): Taken[];
  /** Is called as soon as a request has come to this path, with the number of those before and this one. */
  onRequest(path: string, heard: (count: number) => void): void;
  close(): Promise<void>;
}

export async function startReceiver(host = '127.0.0.1'): Promise<Receiver> {
  const answers = new Map<string, Answer[]>();
  const hearers = new Map<string, (count: number) => void>();
  const open = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = new URL(request.url ?? '', 'http://x').pathname;
    receiver.taken.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
    hearers.get(path)?.(receiver.at(path).length);
    const left = answers.get(path) ?? [];
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? { status: 200 };
    if (answer === 'hang') return;
    response.writeHead(answer.status, answer.headers).end(answer.body ?? 'thanks');
  });
  server.on('connection', (socket) => {
    receiver.connections++;
    open.add(socket);
    socket.on('error', () => {}).once('close', () => open.delete(socket));
  });
  await once(server.listen(0, host), 'listening');
  const receiver: Receiver = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    taken: [],
    connections: 0,
    answer: (path, ...given) => void answers.set(path, given),
    onRequest: (path, heard) => void hearers.set(path, heard),
    at: (path) => receiver.taken.filter((taken) => taken.path === path),
    close: async () => {
      const closed = once(server.close(), 'close');
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
  return receiver;
}
