/** For operators: who uses the server. It shows no word and no file of anybody. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listPeople } from '../sign-in/people.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody } from './schemas.ts';

const Listing = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(300).default('').describe('The id of the last person of the page before'),
});

const PersonBody = z
  .object({
    id: z.string(),
    role: z.enum(['person', 'admin']),
    createdAtMs: z.number().int(),
    deletedAtMs: z.number().int().nullable(),
    identities: z.number().int(),
    recordings: z.number().int(),
  })
  .meta({ id: 'Person' });

export function adminRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/users',
      {
        schema: {
          tags: ['operation'],
          summary: 'The people of this server, for those with the role admin',
          querystring: Listing,
          response: { 200: z.object({ users: z.array(PersonBody) }), '4xx': ProblemBody },
        },
      },
      async (request) => ({ users: await listPeople(db, request.query) }),
    );
  };
}
