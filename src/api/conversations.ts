import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { livingConversationId } from '../conversations/living-id.ts';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import { retryConversation } from '../intake/redrive.ts';
import { removeConversation } from '../removal/remove-conversation.ts';
import { listConversations, readConversation } from '../views/conversations.ts';
import { waitFor, waitForChange } from '../views/wait.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import { etagOf, tagged } from './etag.ts';
import type { ApiParts } from './parts.ts';
import { preferredWait, WAITS } from './prefer.ts';
import { ConversationBody, ConversationPage, ConversationStatus, Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const Time = z.coerce.number().pipe(EpochMs);

/** A page asks anew for what the events of a moment have named. */
const MOST_IDS = 100;

const Ids = z
  .string()
  .max(5000)
  .transform((ids) => ids.split(','))
  .pipe(z.array(z.string().min(1).max(100)).min(1).max(MOST_IDS))
  .optional()
  .describe(`Only those with these ids, up to ${MOST_IDS} with commas between them`)
  .meta({ type: 'string', examples: ['cnv_1,cnv_2'] });

const Listing = z.object({
  status: ConversationStatus.optional().describe('`failed` lists the dead letters'),
  include: z.literal('discarded').optional().describe('Those too that hold a few words of filler only'),
  ids: Ids,
  starred: z.stringbool().optional(),
  folder: z.string().max(64).optional().describe('The id of a folder'),
  speaker: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Only those in which this speaker says something, by id'),
  from: Time.optional().describe('Only those with a part from then on: UTC epoch milliseconds'),
  to: Time.optional().describe('Only those with a part before then'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

export function conversationRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  return async (app) => {
    app.get(
      '/api/v1/conversations',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Conversations, newest first; `?status=failed` lists those that failed',
          description: `They change with the next event of the person. ${WAITS}`,
          querystring: Listing,
          response: { 200: ConversationPage, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { include, limit: pageSize, cursor, from: fromMs, to: toMs, ...narrowed } = request.query;
        // A dead letter waits for a person, however little was said.
        const discarded = include === undefined && narrowed.status !== 'failed' ? false : undefined;
        const { userId } = senderOf(request);
        await waitForChange(db, userId, parts.changes, preferredWait(request, reply));
        const page = await readPage(
          { limit: pageSize, cursor },
          (limit, place) => {
            const after = place && { startedAtMs: place.atMs, id: place.id };
            return listConversations(db, userId, { ...narrowed, fromMs, toMs, discarded, limit, after });
          },
          ({ startedAtMs, id }) => ({ atMs: startedAtMs, id }),
        );
        return { conversations: page.items, nextCursor: page.nextCursor };
      },
    );

    app.get(
      '/api/v1/conversations/:id',
      {
        schema: {
          tags: ['conversations'],
          summary: 'A conversation with its words',
          description: `The id of a conversation that was merged into another one answers with that one. It is settled when it is not \`settling\`. ${WAITS}`,
          params: Id,
          querystring: z.object({ include: z.literal('words').optional().describe('A time for each word') }),
          response: { 200: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const words = request.query.include === 'words';
        const conversation = await waitFor(
          parts.changes,
          userId,
          preferredWait(request, reply),
          async () => await readConversation(db, userId, request.params.id, { words }),
          (view) => view?.status !== 'settling',
        );
        if (!conversation) throw new AfterwordError('not_found');
        // The same with and without times of words, so that a change may be based on either.
        const plain = words ? await readConversation(db, userId, conversation.id) : conversation;
        return reply.header('etag', etagOf(plain)).send(conversation);
      },
    );

    app.post(
      '/api/v1/conversations/:id/retry',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Make title and summary of a failed or waiting conversation again, at once',
          description: 'A conversation that is being processed or is done stays as it is.',
          params: Id,
          response: { 202: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_changed', async (userId) =>
          retryConversation(db, userId, (await livingConversationId(db, userId, id)) ?? id),
        );
        const conversation = await readConversation(db, senderOf(request).userId, id);
        if (!conversation) throw new AfterwordError('not_found');
        return reply.status(202).send(tagged(reply, conversation));
      },
    );

    app.delete(
      '/api/v1/conversations/:id',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Delete a conversation with its words',
          description: 'A recording without any words left is deleted with it, including its audio.',
          params: Id,
          response: { 204: z.null(), '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_deleted', (userId) => removeConversation(parts, userId, id));
        return reply.status(204).send(null);
      },
    );
  };
}
