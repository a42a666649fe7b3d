import type { FastifyReply, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import { normalise } from '../normalise.ts';
import { closedSignal } from './prefer.ts';
import { senderOf } from './sender.ts';

/** Words the error for the operation that was requested, since the table speaks of uploads. */
const OF_UPLOADS = new Set(['unavailable', 'storage_full']);

/**
 * Runs a deletion or a change when one of the few connections for them is free. It may wait as long as a worker holds
 * the person's timeline (see `Admission`).
 * @throws AfterwordError `refusal` if none is free in time, or while the database cannot be reached
 */
export async function changeInTurn<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: 'not_deleted' | 'not_changed',
  change: (userId: string) => Promise<T>,
): Promise<T> {
  const { userId } = senderOf(request);
  try {
    const done = await request.server.admission.changing.enter(userId, closedSignal(reply));
    return await change(userId).finally(done);
  } catch (error) {
    const { code } = normalise(error);
    if (code === 'busy')
      throw new AfterwordError(refusal, 'Others wait already for the work on these recordings.');
    throw OF_UPLOADS.has(code) ? new AfterwordError(refusal, undefined, { cause: error }) : error;
  }
}
