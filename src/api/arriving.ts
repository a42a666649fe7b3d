/**
 * Reads the body of one request up to where it ends, breaks off, brings too much or is to be left. What came before is given in
 * every case, and only then is it told what went wrong.
 */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';

/** Of each request; with 200 at once 50 MB. */
const HELD_BYTES = 256 * 1024;
/** What is on its way is still taken when the body is to be left, as the rest of a request that was sent twice. */
const ON_ITS_WAY_MS = 250;

/** In the words of the protocol's library, which answers it. */
class BodyFailed extends Error {
  readonly status_code: number;
  readonly body: string;

  constructor(status: 400 | 413, sentence: string) {
    super(sentence);
    this.status_code = status;
    this.body = `${sentence}\n`;
  }
}

/**
 * @param mostBytes what is missing of the file
 * @param left another request wants to go on, or the server stops
 * @throws BodyFailed after the last byte
 */
export async function* arriving(
  raw: IncomingMessage,
  mostBytes: number,
  left: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const held = new PassThrough({ highWaterMark: HELD_BYTES });
  const ended: { why: BodyFailed | null } = { why: null };
  let cameBytes = 0;
  const end = (why: BodyFailed | null) => {
    if (held.writableEnded) return;
    ended.why = why;
    raw.off('data', take).pause();
    held.end();
  };
  const take = (chunk: Buffer) => {
    cameBytes += chunk.byteLength;
    if (cameBytes > mostBytes)
      end(new BodyFailed(413, 'The body is longer than what is missing of the file'));
    else if (!held.write(chunk)) raw.pause();
  };
  const broke = () => end(new BodyFailed(400, 'The connection broke'));
  const over = () => end(null);
  let leaving: NodeJS.Timeout | undefined;
  const leave = () => {
    leaving = setTimeout(over, ON_ITS_WAY_MS);
  };
  held.on('drain', () => !held.writableEnded && raw.resume());
  raw.on('data', take).once('end', over).once('error', broke).once('close', broke);
  left.addEventListener('abort', leave);
  if (left.aborted) leave();
  else if (raw.destroyed) broke();
  try {
    yield* held;
  } finally {
    left.removeEventListener('abort', leave);
    clearTimeout(leaving);
    raw.off('end', over).off('error', broke).off('close', broke);
    end(null);
  }
  if (ended.why !== null) throw ended.why;
}
