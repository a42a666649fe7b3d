/** Turns anything thrown into an answer: RFC 9457 problem details. */

import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { BoundExceeded, rateLimit, rateLimitPolicy } from '../bounds/bounds.ts';
import { AfterwordError, ERRORS, type ErrorCode } from '../errors.ts';
import { failureFields } from '../failure.ts';
import { normalise } from '../normalise.ts';

/** Varies randomly, so that clients refused together do not come back together. */
const retryAfterSeconds = () => 5 + Math.floor(Math.random() * 10);

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of its refusal. */
    refusedWith: ErrorCode | null;
  }
}

export function installProblems(app: FastifyInstance): void {
  app.decorateRequest('refusedWith', null);
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toRefusal(thrown);
  const entry = ERRORS[error.code];
  request.refusedWith = error.code;
  if (isOurFailure(error)) logFailure(request, error);
  if (entry.status === 503 || entry.status === 507) reply.header('retry-after', retryAfterSeconds());
  tellWhenToCome(reply, error);
  return reply
    .status(entry.status)
    .type('application/problem+json')
    .send({
      type: `/errors#${error.code}`,
      title: entry.title,
      status: entry.status,
      // Details of an internal failure are logged; outside they would only help an attacker.
      detail: error.code === 'internal' ? entry.title : error.message,
      code: error.code,
      retryable: entry.retryable,
      remedy: entry.remedy,
      requestId: request.id,
      ...validationErrors(thrown),
    });
}

/** A bound that one person has reached is no failure of the server, whatever its status. */
export function isOurFailure(error: AfterwordError): boolean {
  // What is being prepared has not failed.
  if (error.code === 'audio_not_ready') return false;
  return ERRORS[error.code].status >= 500 && !(error instanceof BoundExceeded);
}

/** A bound knows when there is more of it. */
export function tellWhenToCome(reply: FastifyReply, error: AfterwordError): void {
  if (!(error instanceof BoundExceeded)) return;
  const { told } = error;
  reply.header('retry-after', told.moreInSeconds);
  reply.header('ratelimit-policy', rateLimitPolicy(told));
  reply.header('ratelimit', rateLimit(told));
}

/** Logs one line with the first cause. Only a bug is worth its stack; a failure of a disk or a database is not. */
export function logFailure(request: FastifyRequest, error: AfterwordError): void {
  const { method, routeOptions } = request;
  const failure = failureFields(error);
  const about = { route: `${method} ${routeOptions.url ?? ''}`, code: error.code };
  const words = `A request failed (${error.code}): ${failure.cause}`;
  if (error.code === 'internal') request.log.error({ ...about, ...failure }, words);
  else {
    request.log.error({ ...about, cause: failure.cause }, words);
    request.log.debug({ ...about, stack: failure.stack }, 'the stack of that failure');
  }
}

/** The framework's own refusals have codes (FST_…); anything else is normalised like other errors. */
export function toRefusal(thrown: unknown): AfterwordError {
  if (hasZodFastifySchemaValidationErrors(thrown))
    return new AfterwordError('invalid_request', thrown.message);
  const { statusCode, message } = (thrown ?? {}) as {
    statusCode?: number;
    message?: string;
  };
  if (statusCode === 415) return new AfterwordError('invalid_request', 'The Content-Type cannot be read.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AfterwordError('invalid_request', message);
  return normalise(thrown);
}

function validationErrors(thrown: unknown) {
  if (!hasZodFastifySchemaValidationErrors(thrown)) return {};
  return {
    errors: thrown.validation.map((issue) => ({ pointer: issue.instancePath, detail: issue.message ?? '' })),
  };
}

/** A broken chunk comes in the middle of a request that is being processed and may be answered already. */
const IN_THE_MIDDLE = /CHUNK|CLOSED_CONNECTION|INVALID_EOF_STATE/;

/**
 * Answers bytes that are not HTTP. There is no request, route or id, only a connection, which is closed after the
 * answer.
 */
export function answerBrokenHttp(
  { code = '' }: { code?: string },
  socket: Socket,
  tell: (code: ErrorCode) => void = () => {},
): void {
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
  tell(refusal);
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
