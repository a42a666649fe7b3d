/** Holds each person to their bounds before a request of theirs costs anything (`src/bounds/`). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Bounds, rateLimit, rateLimitPolicy } from '../bounds/bounds.ts';
import { BytesUnderWay } from '../bounds/bytes-under-way.ts';
import { Holdings } from '../bounds/holdings.ts';
import { Requests } from '../bounds/requests.ts';
import type { Database } from '../store/database.ts';
import { whenClosed } from './prefer.ts';
import { rowOf } from './route-table.ts';
import { senderOf } from './sender.ts';

declare module 'fastify' {
  interface FastifyInstance {
    personBounds: PersonBounds;
  }
}

interface PersonBounds {
  underWay: BytesUnderWay | null;
  holdings: Holdings;
  /** For bodies that do not tell their length. */
  unknownBytes: number;
  db: Database;
}

interface Parts {
  db: Database;
  config: { bounds: Bounds; maxFileBytes: number };
}

/** Must come after what finds out who asks. */
export function installPersonBounds(app: FastifyInstance, { db, config }: Parts): void {
  const { bounds, maxFileBytes } = config;
  app.decorate('personBounds', {
    underWay: bounds.bytesUnderWay === null ? null : new BytesUnderWay(bounds.bytesUnderWay),
    holdings: new Holdings(bounds),
    unknownBytes: maxFileBytes,
    db,
  });
  if (bounds.requestsPerMinute === null) return;
  const requests = new Requests(bounds.requestsPerMinute);
  app.addHook('onRequest', async (request, reply) => {
    const row = rowOf(request);
    if (row?.who !== 'person' || row.limit === 'none') return;
    const { userId } = senderOf(request);
    request.refusedUntilMs = performance.now() + requests.waitMsOf(userId);
    const told = requests.take(userId);
    request.refusedUntilMs = 0;
    reply.header('ratelimit-policy', rateLimitPolicy(told)).header('ratelimit', rateLimit(told));
  });
}

/**
 * Lets an upload's body in.
 * @returns a function that must be called when the body has been read or will not be
 * @throws BoundExceeded
 */
export async function enterBody(request: FastifyRequest, reply: FastifyReply): Promise<() => void> {
  const { underWay, holdings, unknownBytes, db } = request.server.personBounds;
  const { userId } = senderOf(request);
  // What could not be read now is summed in the transaction that accepts.
  await holdings.look(db, userId).catch(() => {});
  const length = request.headers['content-length'];
  const leave = underWay?.enter(userId, length === undefined ? unknownBytes : Number(length)) ?? (() => {});
  whenClosed(reply, leave);
  return leave;
}
