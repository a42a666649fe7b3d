/** Streams everything that is a person's to them. It ends with the request: whoever leaves costs nothing any more. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BoundExceeded } from '../bounds/bounds.ts';
import { AfterwordError } from '../errors.ts';
import { archiveOf } from '../export/archive.ts';
import { entriesOf } from '../export/entries.ts';
import type { ApiParts } from './parts.ts';
import { closedSignal, whenClosed } from './prefer.ts';
import { ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

/** Each reads the store and one connection of the database for as long as its client takes. */
const MOST_AT_ONCE = 4;
const COME_AGAIN_SECONDS = 60;

export function exportRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const running = new Set<string>();
  const enter = (userId: string) => {
    if (running.size < MOST_AT_ONCE && !running.has(userId)) return running.add(userId);
    const told = { name: 'exports', quota: 1, left: 0, moreInSeconds: COME_AGAIN_SECONDS };
    throw new BoundExceeded('too_many_requests', told, 'An export is running already.');
  };
  return async (app) => {
    app.get(
      '/api/v1/me/export',
      {
        schema: {
          tags: ['person'],
          summary: 'Everything that is yours, as a tar archive',
          description:
            'Recordings as they came, receipts, conversations with their words, speakers, settings and usage; its README.txt says what is where. It is made while it is read, so its length is not known before. A connection that breaks leaves an archive without an end.',
          response: { 200: z.any().describe('application/x-tar'), '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        enter(userId);
        const signal = closedSignal(reply);
        whenClosed(reply, () => running.delete(userId));
        const entries = entriesOf(parts, userId, signal);
        // Whether there is anything is known before the answer begins.
        const first = await entries.next().catch((error: unknown) => {
          running.delete(userId);
          throw error;
        });
        if (first.done) throw new AfterwordError('not_found');
        const archive = archiveOf(joined(first.value, entries));
        archive.once('error', (error) => {
          if (!signal.aborted) request.log.error({ err: error }, 'An export broke off');
        });
        signal.addEventListener('abort', () => archive.destroy(), { once: true });
        const day = new Date().toISOString().slice(0, 10);
        return reply
          .type('application/x-tar')
          .header('content-disposition', `attachment; filename="afterword-${day}.tar"`)
          .header('cache-control', 'no-store')
          .send(archive);
      },
    );
  };
}

async function* joined<T>(first: T, others: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}
