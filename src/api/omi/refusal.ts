/** Refuses a request in Omi's words: its app reads `detail` and not problem details. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS } from '../../errors.ts';
import { logFailure, toRefusal } from '../problem.ts';
import { MEANINGS } from './meanings.ts';

export function sendDetail(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toRefusal(thrown);
  const { title } = ERRORS[error.code];
  const { status } = MEANINGS[error.code];
  if (ERRORS[error.code].status >= 500) logFailure(request, error);
  if (status === 503 || status === 507) reply.header('retry-after', 30);
  return reply
    .status(status)
    .send({ detail: error.code === 'internal' ? title : error.message, code: error.code });
}
