/**
 * Makes ETags and checks `If-Match`: whoever changes what they have read is refused where somebody else has changed it
 * meanwhile, instead of undoing that unseen. Without the header a change counts whatever was there.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Precondition } from '../edits/precondition.ts';
import { AfterwordError } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { senderOf } from './sender.ts';

/** An estimate of the time that is left changes without any change of what it is about. */
export function etagOf(view: object | null): string {
  const state = JSON.stringify({ ...view, expected: undefined });
  return `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`;
}

/** Answers with a view and its ETag. */
export function tagged<T extends object>(reply: FastifyReply, view: T): T {
  reply.header('etag', etagOf(view));
  return view;
}

/** Says of the header `If-Match` whether it is content with an ETag. */
export function matcherOf(given: string | undefined): (etag: string) => boolean {
  if (given === undefined || given.trim() === '*') return () => true;
  // A proxy that compresses makes the ETag a weak one.
  const wanted = new Set(given.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return (etag) => wanted.has(etag);
}

/** What a change of one thing is about, and what must not have changed meanwhile. */
export function changeOfOne(
  request: FastifyRequest<{ Params: { id: string } }>,
  read: (tx: Tx, userId: string, id: string) => Promise<object | null>,
) {
  const { userId } = senderOf(request);
  const { id } = request.params;
  return { id, userId, unchanged: ifMatch(request, (tx) => read(tx, userId, id)) };
}

/**
 * @param read reads what the ETag was made of, in the transaction that changes it
 * @throws AfterwordError `changed_meanwhile` when it runs, if the header names another state
 */
export function ifMatch(
  request: FastifyRequest,
  read: (tx: Tx, id: string) => Promise<object | null>,
): Precondition {
  const given = request.headers['if-match'];
  if (given === undefined) return async () => {};
  const matches = matcherOf(given);
  return async (tx, id) => {
    if (!matches(etagOf(await read(tx, id)))) throw new AfterwordError('changed_meanwhile');
  };
}
