import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { removeUser } from '../removal/remove-user.ts';
import type { ApiParts } from './app.ts';
import { ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

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
        await removeUser(parts, senderOf(request).userId);
        return reply.status(204).send(null);
      },
    );
  };
}
