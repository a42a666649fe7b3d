/** Tasks: what there is to do, over all conversations. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addActionItem, changeActionItem, removeActionItem } from '../edits/action-items.ts';
import { AfterwordError } from '../errors.ts';
import { ActionItemBody, ActionItemPage, listActionItems, readActionItem } from '../views/action-items.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import { deciderOf } from './decider.ts';
import { changeOfOne, tagged } from './etag.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 20_000;

const Time = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const Listing = z.object({
  done: z.stringbool().optional(),
  dueFromMs: Time.describe('Due at this time or later: UTC epoch, milliseconds'),
  dueToMs: Time.describe('Due before this time'),
  conversationId: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

const fields = {
  description: z.string().trim().min(1).max(2000),
  dueAtMs: z.int().min(0).nullable().optional().describe('UTC epoch, milliseconds; null: never'),
  done: z.boolean().optional(),
  order: z.int().min(0).max(1_000_000).optional().describe('Where it stands among the others'),
  indent: z.int().min(0).max(100).optional(),
};

const NewActionItem = z
  .strictObject({
    ...fields,
    conversationId: z
      .string()
      .max(100)
      .nullable()
      .default(null)
      .describe('null or left out: it belongs to no conversation'),
    id: z
      .string()
      .regex(/^[\w-]{8,64}$/)
      .optional()
      .describe('Made up if left out. Sent again with the same one, it is there once'),
  })
  .meta({
    id: 'NewActionItem',
    examples: [
      { conversationId: 'cnv_1', description: 'Call the builders', dueAtMs: 1_774_000_000_000 },
      { description: 'Buy nails' },
    ],
  });

const ActionItemChange = z
  .strictObject({ ...fields, description: fields.description.optional() })
  .meta({ id: 'ActionItemChange', examples: [{ done: true }] });

export function actionItemRoutes({ db, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const tags = ['conversations'];
  const read = async (from: typeof db, userId: string, id: string) => {
    const item = await readActionItem(from, userId, id);
    if (!item) throw new AfterwordError('not_found');
    return item;
  };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/action-items',
      {
        schema: {
          tags,
          summary: 'All tasks, the latest first',
          querystring: Listing,
          response: { 200: ActionItemPage, ...refused },
        },
      },
      async (request) => {
        const { limit, cursor, ...filters } = request.query;
        const { userId } = senderOf(request);
        const page = await readPage(
          { limit, cursor },
          (most, place) =>
            listActionItems(db, userId, {
              ...filters,
              limit: most,
              after: place && { createdAtMs: place.atMs, id: place.id },
            }),
          ({ createdAtMs, id }) => ({ atMs: createdAtMs, id }),
        );
        return { actionItems: page.items, nextCursor: page.nextCursor };
      },
    );

    app.get(
      '/api/v1/action-items/:id',
      { schema: { tags, summary: 'A task', params: Id, response: { 200: ActionItemBody, ...refused } } },
      async (request, reply) => tagged(reply, await read(db, senderOf(request).userId, request.params.id)),
    );

    app.post(
      '/api/v1/action-items',
      {
        schema: {
          tags,
          summary: 'Add a task, to a conversation or to none',
          description: 'It stays whatever is understood later.',
          body: NewActionItem,
          response: { 201: ActionItemBody, ...refused },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          addActionItem(db, deciderOf(request), body, timeZone),
        );
        const item = tagged(reply, await read(db, senderOf(request).userId, id));
        return reply.status(201).header('location', `/api/v1/action-items/${id}`).send(item);
      },
    );

    app.patch(
      '/api/v1/action-items/:id',
      {
        schema: {
          tags,
          summary: 'Tick a task off, or change it',
          description: 'With its ETag in `If-Match` it is refused with 412 where the task has changed.',
          params: Id,
          body: ActionItemChange,
          response: { 200: ActionItemBody, ...refused },
        },
      },
      async (request, reply) => {
        const { id, userId, unchanged } = changeOfOne(request, read);
        await changeInTurn(request, reply, 'not_changed', () =>
          changeActionItem(db, deciderOf(request), id, request.body, unchanged),
        );
        return tagged(reply, await read(db, userId, id));
      },
    );

    app.delete(
      '/api/v1/action-items/:id',
      {
        schema: {
          tags,
          summary: 'Delete a task',
          description: 'It does not come back when its conversation is understood again.',
          params: Id,
          response: { 204: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id, unchanged } = changeOfOne(request, read);
        await changeInTurn(request, reply, 'not_deleted', () =>
          removeActionItem(db, deciderOf(request), id, unchanged),
        );
        return reply.status(204).send(null);
      },
    );
  };
}
