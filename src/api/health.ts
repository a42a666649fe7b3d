import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import { VERSION } from '../version.ts';
import type { ApiParts } from './app.ts';

const HealthBody = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    version: z.string(),
    database: z.enum(['ok', 'unavailable']),
    waiting: z.number().int().describe('Recordings that wait for a worker'),
    processing: z.number().int(),
  })
  .meta({ id: 'Health' });

export function healthRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/health',
      {
        schema: {
          tags: ['operation'],
          summary: 'Can an upload be accepted right now?',
          response: { 200: HealthBody, 503: HealthBody },
        },
      },
      async (request, reply) => {
        try {
          const counts = await db
            .selectFrom('recordings')
            .select([
              sql<number>`count(*) FILTER (WHERE outcome = 'waiting')`.as('waiting'),
              sql<number>`count(*) FILTER (WHERE outcome = 'processing')`.as('processing'),
            ])
            .where('finished_at_ms', 'is', null)
            .executeTakeFirstOrThrow();
          return { status: 'ok' as const, version: VERSION, database: 'ok' as const, ...counts };
        } catch (error) {
          request.log.warn({ err: error }, 'the database does not answer');
          return reply.status(503).send({
            status: 'unavailable',
            version: VERSION,
            database: 'unavailable',
            waiting: 0,
            processing: 0,
          });
        }
      },
    );
  };
}
