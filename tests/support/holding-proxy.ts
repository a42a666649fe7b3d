/** A proxy that can hold the event streams that go through it: they stay open, and nothing comes on them any more. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HoldingProxy {
  url: string;
  /** Lets nothing more through on the streams that are open now. @returns how many there are */
  hold(): number;
}

export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const streams = new Map<Socket, Socket>();
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
      streams.delete(upstream);
      open.delete(client);
    };
    open.add(client);
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => {
      if (bytes.includes('GET /api/v1/events')) streams.set(upstream, client);
    });
    client.pipe(upstream).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const client of open) client.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      for (const [upstream, client] of streams) upstream.unpipe(client).resume();
      return streams.size;
    },
  };
}
