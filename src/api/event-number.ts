/**
 * Tells a read, on request, up to which event its answer is true, so that whoever follows the events afterwards goes on
 * from there and reads nothing twice: `Prefer: event-number`, answered with the header `Event-Number`.
 */
import type { FastifyInstance } from 'fastify';
import { lastNumber } from '../events/read.ts';
import type { Database } from '../store/database.ts';
import { rowOf } from './route-table.ts';

const ASKED = /(?:^|[,;\s])event-number(?:$|[,;\s])/;

/** Must come after what finds out who asks. */
export function installEventNumbers(app: FastifyInstance, { db }: { db: Database }): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'GET' || !ASKED.test(String(request.headers.prefer ?? ''))) return;
    const row = rowOf(request);
    if (row?.who !== 'person' || row.stream || !request.sender) return;
    // It is read before the answer is: what changes between them is in the answer and comes as an event as well.
    reply.header('event-number', await lastNumber(db, request.sender.userId));
  });
}
