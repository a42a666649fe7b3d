/** Requests as bytes: no client library stands between the fuzzer and the server to mend what it sends. */
import { connect } from 'node:net';

export interface Request {
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  /** Bytes after which the connection is broken off; null: never. */
  breaksOffAfter: number | null;
}

export interface Answer {
  status: number;
  body: string;
}

const HANG_MS = 30_000;

/**
 * @returns null when the server closed the connection without an answer, or the request broke off
 * @throws Error when no answer came in time
 */
export async function send(
  url: URL,
  { method, path, headers, body, breaksOffAfter }: Request,
): Promise<Answer | null> {
  const lines = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
  const socket = connect(Number(url.port), url.hostname);
  const chunks: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  const late = setTimeout(
    () => ended.reject(new Error(`no answer to ${method} ${path.slice(0, 200)}`)),
    HANG_MS,
  );
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    // A stream of events lasts; that it has begun is its answer.
    if (/^content-type: text\/event-stream/im.test(chunk.toString('latin1'))) ended.resolve();
  });
  // A server that refuses early may close its end while the rest is still being sent.
  socket.on('error', () => ended.resolve()).on('close', () => ended.resolve());
  if (breaksOffAfter === null) socket.write(bytes);
  else socket.write(bytes.subarray(0, breaksOffAfter), () => socket.destroySoon());
  try {
    await ended.promise;
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
  return readAnswer(Buffer.concat(chunks).toString());
}

function readAnswer(text: string): Answer | null {
  // An interim answer may come first.
  const final = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(final) ?? [];
  if (status === undefined) return null;
  return { status: Number(status), body: final.slice(final.indexOf('\r\n\r\n') + 4) };
}
