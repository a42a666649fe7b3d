import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { listConversations, readConversation } from '../views/conversations.ts';
import type { ApiParts } from './app.ts';
import { ConversationBody, ConversationPage, Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const Listing = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

export function conversationRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/conversations',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Conversations, newest first',
          querystring: Listing,
          response: { 200: ConversationPage, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const after = cursor === undefined ? null : readCursor(cursor);
        // One more than asked for tells whether there is a next page.
        const found = await listConversations(db, senderOf(request).userId, { limit: limit + 1, after });
        const conversations = found.slice(0, limit);
        const last = conversations.at(-1);
        return {
          conversations,
          nextCursor: found.length > limit && last ? `${last.startedAtMs}~${last.id}` : null,
        };
      },
    );

    app.get(
      '/api/v1/conversations/:id',
      {
        schema: {
          tags: ['conversations'],
          summary: 'A conversation with its words',
          description: 'The id of a conversation that was merged into another leads to that one.',
          params: Id,
          response: { 200: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const conversation = await readConversation(db, request.params.id);
        if (!conversation || conversation.userId !== senderOf(request).userId)
          throw new AfterwordError('not_found');
        return conversation;
      },
    );
  };
}

function readCursor(cursor: string): { startedAtMs: number; id: string } {
  const [time, id] = cursor.split('~');
  if (!id || !/^\d{1,15}$/.test(time ?? ''))
    throw new AfterwordError('invalid_request', 'The cursor is not one of ours.');
  return { startedAtMs: Number(time), id };
}
