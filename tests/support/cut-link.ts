/** A link to a server that can be cut, counts what is sent over it, and leads to another server once that is told. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CutLink {
  url: string;
  /** Bytes that clients have sent so far, heads of requests included. */
  sentBytes(): number;
  /** By the request of which they are a part, as `PATCH /api/v1/resumable`. */
  sentBy(): ReadonlyMap<string, number>;
  requests(): number;
  cuts(): number;
  /** Where the connections lead from now on; null: nobody is there. */
  leadTo(url: string | null): void;
  cut(): void;
  close(): Promise<void>;
}

/** @param moved called after each piece that a client has sent; it may cut */
export async function openLink(
  target: string | null,
  moved: (link: CutLink) => void = () => {},
): Promise<CutLink> {
  const open = new Set<Socket>();
  let to = target;
  let sentBytes = 0;
  const sentBy = new Map<string, number>();
  let requests = 0;
  let cuts = 0;
  const server = createServer((client) => {
    if (to === null) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(to);
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {}).once('close', () => open.delete(socket));
    }
    let request = '';
    client.on('data', (bytes) => {
      sentBytes += bytes.byteLength;
      const begins = /^(?:POST|PATCH|HEAD|GET) [a-z\d/]+/.exec(bytes.toString('latin1', 0, 80));
      if (begins) request = begins[0];
      requests += begins ? 1 : 0;
      sentBy.set(request, (sentBy.get(request) ?? 0) + bytes.byteLength);
      if (!upstream.write(bytes)) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
      moved(link);
    });
    upstream.pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const link: CutLink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sentBytes,
    sentBy: () => sentBy,
    requests: () => requests,
    cuts: () => cuts,
    leadTo: (url) => {
      to = url;
    },
    cut: () => {
      cuts++;
      // What is on its way is lost, in both directions.
      for (const socket of open) socket.resetAndDestroy();
    },
    close: async () => {
      const closed = once(server.close(), 'close');
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
  return link;
}
