/** Refuses a request in Omi's words: its app reads `detail` and not problem details. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import { isOurFailure, logFailure, tellWhenToCome, toRefusal } from '../problem.ts';
import { meaningOf, omiWordsFor } from './meanings.ts';

export function sendDetail(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  return send(request, reply, thrown, (code) => meaningOf(code).status);
}

/**
 * Refuses a request that brings no audio: there the app gives nothing up. What is asked wrongly is told as by Omi's server,
 * with 400 where it looks itself and 422 where a parameter cannot be read.
 */
export function sendReadDetail(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const unread = hasZodFastifySchemaValidationErrors(thrown) ? 422 : 400;
  return send(request, reply, thrown, (code) =>
    code === 'invalid_request' ? unread : meaningOf(code).status,
  );
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  statusOf: (code: ErrorCode) => number,
): FastifyReply {
  const error = toRefusal(thrown);
  request.refusedWith = error.code;
  const { title } = ERRORS[error.code];
  const { limitReason } = meaningOf(error.code);
  const status = statusOf(error.code);
  if (isOurFailure(error)) logFailure(request, error);
  if (status === 429 || status === 503 || status === 507) reply.header('retry-after', 30);
  tellWhenToCome(reply, error);
  reply.header('x-request-id', request.id);
  if (limitReason) reply.header('x-omi-rate-limit-reason', limitReason);
  const detail = omiWordsFor(error.code) ?? (error.code === 'internal' ? title : error.message);
  return reply.status(status).send({ detail, code: error.code });
}
