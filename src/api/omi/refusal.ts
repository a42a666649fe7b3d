/** Refuses a request in Omi's words: its app reads `detail` and not problem details. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS } from '../../errors.ts';
import { isOurFailure, logFailure, tellWhenToCome, toRefusal } from '../problem.ts';
import { meaningOf, omiWordsFor } from './meanings.ts';

export function sendDetail(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toRefusal(thrown);
  request.refusedWith = error.code;
  const { title } = ERRORS[error.code];
  const { status, limitReason } = meaningOf(error.code);
  if (isOurFailure(error)) logFailure(request, error);
  if (status === 429 || status === 503 || status === 507) reply.header('retry-after', 30);
  tellWhenToCome(reply, error);
  reply.header('x-request-id', request.id);
  if (limitReason) reply.header('x-omi-rate-limit-reason', limitReason);
  const detail = omiWordsFor(error.code) ?? (error.code === 'internal' ? title : error.message);
  return reply.status(status).send({ detail, code: error.code });
}
