import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { removeUser } from '../removal/deletion.ts';
import { readUsage } from '../usage/sums.ts';
import { changeInTurn } from './change-in-turn.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody, UsageBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const Time = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

const Period = z
  .object({
    fromMs: Time.describe('Results committed at this time or later: UTC epoch, milliseconds'),
    toMs: Time.describe('Results committed before this time'),
  })
  .refine(({ fromMs = 0, toMs = Number.POSITIVE_INFINITY }) => fromMs <= toMs, {
    path: ['fromMs'],
    message: 'fromMs is later than toMs',
  });

export function usageRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/usage',
      {
        schema: {
          tags: ['operation'],
          summary: 'Usage and cost of the person who asks',
          description:
            'Each result is counted once. Deleting a recording or a conversation does not change the sums.',
          querystring: Period,
          response: { 200: UsageBody, '4xx': ProblemBody },
        },
      },
      async (request) => await readUsage(db, { userId: senderOf(request).userId, ...request.query }),
    );
  };
}

export function userRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.delete(
      '/api/v1/me',
      {
        schema: {
          tags: ['operation'],
          summary: 'Delete all data of the person who asks',
          response: { 204: z.null(), '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_deleted', (userId) => removeUser(parts, userId));
        return reply.status(204).send(null);
      },
    );
  };
}
