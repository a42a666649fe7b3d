/**
 * Sends bodies over bare sockets from memory, as a process of its own, so that neither what makes a body nor a client's streams
 * are measured with the server: `fetch` with a Blob sends 330 MB/s on a machine on which this sends 1,300.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const MB = 1024 * 1024;

/** `raw`: to any address by POST. `form`, `tus`: by the doors of the api. */
export type SentBy = 'raw' | 'form' | 'tus';

interface Order {
  url: string;
  by: SentBy;
  bytes: number;
  /** Another one gives another content. */
  content: number;
}

export class BodySender {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(import.meta.url), ['--send']);
  }

  /** @returns the milliseconds from the first byte to the answer */
  async send(order: Order): Promise<number> {
    this.#child.send(order);
    const [told] = (await once(this.#child, 'message')) as [{ ms: number } | { failure: string }];
    if ('failure' in told) throw new Error(told.failure);
    return told.ms;
  }

  close(): void {
    this.#child.disconnect();
  }
}

if (process.argv.includes('--send')) {
  let memory = Buffer.alloc(0);
  process.on('message', (order: Order) => {
    if (memory.byteLength < order.bytes) memory = randomBytes(order.bytes);
    const body = memory.subarray(0, order.bytes);
    body.writeUInt32LE(order.content);
    timed(order, body).then(
      (ms) => process.send?.({ ms }),
      (error) => process.send?.({ failure: String(error) }),
    );
  });
}

async function timed({ url, by }: Order, body: Buffer): Promise<number> {
  const since = performance.now();
  if (by === 'raw') await ask(url, 'POST / HTTP/1.1', [body], 200);
  else if (by === 'form') {
    const head = `--B\r\ncontent-disposition: form-data; name="files"; filename="recording.bin"\r\n\r\n`;
    const type = 'content-type: multipart/form-data; boundary=B';
    const form = [Buffer.from(head), body, Buffer.from('\r\n--B--\r\n')];
    await ask(url, `POST /api/v1/recordings HTTP/1.1\r\n${type}`, form, 202);
  } else {
    const tus = 'tus-resumable: 1.0.0';
    const name = `upload-metadata: filename ${Buffer.from('recording.bin').toString('base64')}`;
    const length = `upload-length: ${body.byteLength}`;
    const begun = await ask(
      url,
      `POST /api/v1/resumable HTTP/1.1\r\n${tus}\r\n${length}\r\n${name}`,
      [],
      201,
    );
    const [, path] = /^location: (\S+)/im.exec(begun) ?? [];
    const type = 'upload-offset: 0\r\ncontent-type: application/offset+octet-stream';
    await ask(url, `PATCH ${path} HTTP/1.1\r\n${tus}\r\n${type}`, [body], 204);
  }
  return performance.now() - since;
}

async function ask(url: string, head: string, body: readonly Buffer[], status: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  const answered = once(socket, 'end');
  const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0);
  socket.write(`${head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`);
  for (const bytes of body)
    for (let at = 0; at < bytes.byteLength; at += MB)
      if (!socket.write(bytes.subarray(at, at + MB))) await once(socket, 'drain');
  await answered;
  socket.destroy();
  if (!answer.startsWith(`HTTP/1.1 ${status}`)) throw new Error(answer);
  return answer;
}
