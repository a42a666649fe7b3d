import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** A chunk that cannot be read comes in the middle of a request that is being worked on, and may already be answered. */
const IN_THE_MIDDLE = /CHUNK|CLOSED_CONNECTION|INVALID_EOF_STATE/;

/** Answers what is no HTTP. There is no request, no route and no id: only a connection, which is closed after it. */
export function answerBrokenHttp({ code = '' }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || IN_THE_MIDDLE.test(code) || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal: ErrorCode =
    code === 'HPE_HEADER_OVERFLOW'
      ? 'headers_too_large'
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request_timeout'
        : 'http_broken';
  const { status, title, retryable, remedy } = ERRORS[refusal];
  const body = JSON.stringify({
    type: `/errors#${refusal}`,
    title,
    status,
    detail: title,
    code: refusal,
    retryable,
    remedy,
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
