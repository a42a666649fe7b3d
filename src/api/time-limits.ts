/**
 * Limits how long a request may go without an answer. The time counts from the last byte of its body; while bytes come,
 * only a minute without one ends it. What was begun goes on: whoever asks again finds it done. An answer that has begun,
 * as an event stream, an export or a download, lasts as long as its client reads.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { sendDetail } from './omi/refusal.ts';
import { sendProblem } from './problem.ts';
import { rowOf } from './route-table.ts';
import { limitOf, type Timeouts } from './timeouts.ts';

/** A phone in a tunnel comes back within this. */
const STALL_MS = 60_000;
/** How often bodies under way are looked at. */
const LOOK_MS = 1_000;
const OMI = /^\/v\d\//;

declare module 'fastify' {
  interface FastifyRequest {
    /** How long it may take from the last byte of its body; 0 without a limit. */
    limitMs: number;
  }
}

interface Body {
  request: FastifyRequest;
  reply: FastifyReply;
  bytes: number;
  /** How long no byte came while this process ran. */
  silentMs: number;
}

interface Options {
  config: { timeouts: Timeouts; syncWaitMs: number };
  /** At a stop a request gets so long, bytes included, before it is sent away. */
  drainMs: number;
  stallMs?: number;
}

/** Must come before the first route, and before other hooks of `onRequest` that may wait. */
export function installTimeLimits(
  app: FastifyInstance,
  { config, drainMs, stallMs = STALL_MS }: Options,
): void {
  app.decorateRequest('limitMs', 0);
  const bodies = new Map<FastifyRequest, Body>();
  const unanswered = new Map<FastifyRequest, FastifyReply>();
  const giveUp = (request: FastifyRequest, reply: FastifyReply, error: AfterwordError) => {
    if (reply.sent || reply.raw.headersSent || reply.raw.destroyed) return;
    // The connection has bytes of this request left, so nothing else can come over it.
    if (!request.raw.complete) reply.header('connection', 'close');
    answer(request, reply, error);
  };
  const lookMs = Math.min(LOOK_MS, stallMs / 4);
  let lookedAtMs = performance.now();
  const looking = setInterval(() => {
    const nowMs = performance.now();
    // A process that stood still has not read yet what came meanwhile, so most of that time is nobody's silence.
    const passedMs = Math.min(nowMs - lookedAtMs, 2 * lookMs);
    lookedAtMs = nowMs;
    for (const body of bodies.values()) {
      const { request, reply } = body;
      const { socket, readableLength } = request.raw;
      // What has come and is not read yet waits for us and not for the client, as does a body that is not to be read on.
      if (socket.bytesRead !== body.bytes || readableLength > 0 || request.raw.isPaused()) {
        body.bytes = socket.bytesRead;
        body.silentMs = 0;
        continue;
      }
      body.silentMs += passedMs;
      if (body.silentMs < stallMs) continue;
      bodies.delete(request);
      giveUp(request, reply, new AfterwordError('body_stalled'));
    }
  }, lookMs).unref();
  app.addHook('onClose', async () => clearInterval(looking));
  app.addHook('preClose', async () => {
    const timer = setTimeout(() => {
      for (const [request, reply] of unanswered) giveUp(request, reply, stopping());
    }, drainMs).unref();
    app.server.once('close', () => clearTimeout(timer));
  });

  app.addHook('onRequest', (request, reply, done) => {
    const row = rowOf(request);
    if (row && !row.stream) watch(request, reply, limitOf(config, `${row.method} ${row.path}`));
    done();
  });

  function watch(request: FastifyRequest, reply: FastifyReply, limitMs: number): void {
    const { raw } = request;
    let timer: NodeJS.Timeout | undefined;
    unanswered.set(request, reply);
    request.limitMs = limitMs;
    const begin = () => {
      bodies.delete(request);
      if (reply.raw.writableEnded) return;
      timer = setTimeout(
        () => giveUp(request, reply, new AfterwordError('not_in_time', tooLong(limitMs))),
        limitMs,
      ).unref();
    };
    const hasBody =
      raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined;
    if (!hasBody || raw.headers['content-length'] === '0') begin();
    else {
      bodies.set(request, { request, reply, bytes: raw.socket.bytesRead, silentMs: 0 });
      raw.once('end', begin);
    }
    reply.raw.once('close', () => {
      clearTimeout(timer);
      bodies.delete(request);
      unanswered.delete(request);
    });
  }
}

const stopping = () =>
  new AfterwordError('not_in_time', 'The server stops before the answer is there. What was begun goes on.');

const tooLong = (limitMs: number) =>
  `There is no answer after ${limitMs} ms, the limit of this route. What was begun goes on: ask again.`;

function answer(request: FastifyRequest, reply: FastifyReply, error: AfterwordError): void {
  if (OMI.test(request.routeOptions.url ?? '')) sendDetail(request, reply, error);
  else sendProblem(request, reply, error);
  // The handler goes on, and has nobody to answer: that is no error of the server.
  reply.log = reply.log.child({}, { level: 'silent' });
}
