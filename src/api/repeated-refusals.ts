/**
 * Answers whoever is over their bound of requests with what they were just told, before anything is set up for the request.
 * A client that ignores Retry-After sends hundreds of requests in a second, and each full refusal would take the time of
 * somebody else's request. What is told again holds until the next request would be let in, and never for longer than
 * a second: a key that is revoked meanwhile is refused either way.
 */
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Recent } from '../bounds/recent.ts';
import type { ErrorCode } from '../errors.ts';
import { rowOf } from './route-table.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Until when, of the monotonic clock, the same request would be refused in the same words; 0: it is not known. */
    refusedUntilMs: number;
  }
}

/** An answer takes about 2 kB: 2 MB. */
const MOST_ANSWERS = 1_000;
const LONGEST_MS = 1_000;
/** All that is looked at before the bound: the same values lead to the same verdict. */
const LOOKED_AT = new Set([
  'authorization',
  'cookie',
  'host',
  'origin',
  'sec-fetch-site',
  'x-afterword-user',
  'x-device-id-hash',
]);

interface Answer {
  untilMs: number;
  status: number;
  headers: NodeJS.Dict<number | string | string[]>;
  body: string;
  code: ErrorCode | null;
}

/** Must come after the hooks that change an answer. */
export function installRepeatedRefusals(app: FastifyInstance, tell: (code: ErrorCode) => void): void {
  const answers = new Recent<Answer>(MOST_ANSWERS);
  app.decorateRequest('refusedUntilMs', 0);
  app.addHook('onSend', (request, reply, body, done) => {
    if (request.refusedUntilMs > 0) keep(answers, request, reply, body);
    done();
  });
  const [handle] = app.server.listeners('request');
  if (!handle) throw new Error('the server has nothing that answers requests');
  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => {
    const answer = answers.size === 0 || app.closing.aborted ? null : answerFor(answers, request, response);
    if (answer === null) return void handle.call(app.server, request, response);
    if (answer.code !== null) tell(answer.code);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

function keep(answers: Recent<Answer>, request: FastifyRequest, reply: FastifyReply, body: unknown): void {
  const { raw, refusedUntilMs, refusedWith } = request;
  // The address of another recording would be another entry, and a stream's token is no header.
  const isOfOneAddress = rowOf(request)?.path === pathOf(raw) && !rowOf(request)?.stream;
  if (!isOfOneAddress || raw.method === 'HEAD' || typeof body !== 'string') return;
  const untilMs = Math.min(refusedUntilMs, performance.now() + LONGEST_MS);
  const headers = { ...reply.getHeaders(), 'content-length': Buffer.byteLength(body) };
  answers.set(keyOf(raw), { untilMs, status: reply.statusCode, headers, body, code: refusedWith });
}

function answerFor(
  answers: Recent<Answer>,
  request: IncomingMessage,
  { shouldKeepAlive }: ServerResponse,
): Answer | null {
  // A connection that is closed with unread bytes is reset, and a client that asks before it sends its body is answered
  // on a connection that is closed: those go the long way.
  if (!shouldKeepAlive || request.headers.expect !== undefined) return null;
  const key = keyOf(request);
  const answer = answers.get(key);
  if (!answer) return null;
  if (performance.now() < answer.untilMs) return answer;
  answers.forget(key);
  return null;
}

/** A digest, so that the memory of it is bounded and holds no key of anybody. */
function keyOf(request: IncomingMessage): string {
  const { method = '', rawHeaders, socket } = request;
  let text = `${method} ${pathOf(request)}\n${socket.localAddress}\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (LOOKED_AT.has(name)) text += `${name}: ${rawHeaders[at + 1]}\n`;
  }
  return hash('sha256', text, 'base64');
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
