/**
 * Reads the body of one request up to where it ends, breaks off, brings too much or is to be left. What came before is given in
 * every case, and only then is it told what went wrong.
 */
import type { IncomingMessage } from 'node:http';
import { BodyReader } from './body-reader.ts';

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
  let cameBytes = 0;
  const body = new BodyReader(raw, (chunk) => {
    cameBytes += chunk.byteLength;
    return cameBytes > mostBytes
      ? new BodyFailed(413, 'The body is longer than what is missing of the file')
      : null;
  });
  let leaving: NodeJS.Timeout | undefined;
  const leave = () => {
    leaving = setTimeout(() => body.stop(null), ON_ITS_WAY_MS);
  };
  left.addEventListener('abort', leave);
  if (left.aborted) leave();
  try {
    yield* body;
  } catch (error) {
    throw error instanceof BodyFailed ? error : new BodyFailed(400, 'The connection broke');
  } finally {
    left.removeEventListener('abort', leave);
    clearTimeout(leaving);
  }
}
