import type { FastifyRequest } from 'fastify';
import type { Decider } from '../decisions/facts.ts';
import { senderOf } from './sender.ts';

/** Whose decision a request is, and from where it came. */
export function deciderOf(request: FastifyRequest): Decider {
  const { userId, deviceId } = senderOf(request);
  return { userId, by: deviceId };
}
