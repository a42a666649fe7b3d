/** Omi's routes that change conversations: other words for the functions behind `/api/v1/conversations`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { livingConversationId } from '../../conversations/living-id.ts';
import {
  type ConversationChange,
  changeConversation,
  changeConversationOnce,
} from '../../edits/about-conversation.ts';
import { mergeConversations } from '../../edits/borders.ts';
import { changeEvents } from '../../edits/events.ts';
import { reprocessConversation } from '../../edits/reprocess.ts';
import { changeSegments } from '../../edits/segments.ts';
import { AfterwordError } from '../../errors.ts';
import { removeConversation } from '../../removal/remove-conversation.ts';
import { OmiConversation } from '../../views/omi/conversation.ts';
import { readOmiConversation } from '../../views/omi/list.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { deciderOf } from '../decider.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeAnyJson } from './any-json.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const MOST_BYTES = 1_000_000;
const MOST_MERGED = 100;
const MOST_EVENTS = 500;
const LONGEST_TITLE = 500;
const LONGEST_TEXT = 20_000;

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Done = z.object({ status: z.literal('Ok') }).meta({ id: 'OmiChanged' });
const Changed = z
  .object({ status: z.literal('Ok'), conversation: OmiConversation })
  .meta({ id: 'OmiChangedConversation' });
const DONE = { status: 'Ok' as const };
const Title = z.string().trim().max(LONGEST_TITLE);

const Mutation = z
  .object({
    client_mutation_id: z.string().min(1).max(100),
    base_revision: z.number().int().nullish(),
    operation: z.discriminatedUnion('type', [
      z.object({ type: z.literal('set_title'), title: Title }),
      z.object({ type: z.literal('set_starred'), starred: z.boolean() }),
    ]),
  })
  .meta({
    id: 'OmiMutation',
    examples: [
      { client_mutation_id: '6f1c', base_revision: 1, operation: { type: 'set_title', title: 'The roof' } },
    ],
  });

export function omiChangeRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  const change = async (request: FastifyRequest, reply: FastifyReply, id: string, what: ConversationChange) =>
    await changeInTurn(request, reply, 'not_changed', () =>
      changeConversation(db, deciderOf(request), id, what),
    );
  const read = async (request: FastifyRequest, id: string) => {
    const found = await readOmiConversation(db, senderOf(request).userId, id);
    if (!found) throw new AfterwordError('not_found', 'Conversation not found');
    return found;
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    app.patch(
      '/v1/conversations/:id/title',
      {
        schema: {
          tags: ['omi'],
          summary: 'Give a conversation a title',
          params: Id,
          querystring: z.object({ title: Title }),
          response: { 200: Changed, ...Refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        // Without any letter it is the title that was made.
        await change(request, reply, id, { title: request.query.title || null });
        return { status: 'Ok' as const, conversation: await read(request, id) };
      },
    );

    app.patch(
      '/v1/conversations/:id/starred',
      {
        schema: {
          tags: ['omi'],
          summary: 'Star a conversation, or take the star away',
          params: Id,
          querystring: z.object({ starred: z.stringbool() }),
          response: { 200: Changed, ...Refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await change(request, reply, id, { starred: request.query.starred });
        return { status: 'Ok' as const, conversation: await read(request, id) };
      },
    );

    app.patch(
      '/v1/conversations/:id/visibility',
      {
        schema: {
          tags: ['omi'],
          summary: 'Say who may see a conversation',
          description: 'It is kept and told; no route here shows a conversation to anybody but its person.',
          params: Id,
          querystring: z.object({ value: z.enum(['private', 'shared', 'public']) }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        await change(request, reply, request.params.id, { visibility: request.query.value });
        return DONE;
      },
    );

    app.patch(
      '/v1/conversations/:id/folder',
      {
        schema: {
          tags: ['omi'],
          summary: 'Put a conversation into a folder, or into none',
          params: Id,
          body: z
            .object({ folder_id: z.string().max(64).nullable() })
            .meta({ id: 'OmiFolderChoice', examples: [{ folder_id: 'work' }] }),
          response: { 200: z.object({ status: z.literal('ok') }), ...Refusals },
        },
      },
      async (request, reply) => {
        await change(request, reply, request.params.id, { folder: request.body.folder_id || null });
        return { status: 'ok' as const };
      },
    );

    app.patch(
      '/v1/conversations/:id/summary',
      {
        schema: {
          tags: ['omi'],
          summary: 'Correct the summary of a conversation',
          params: Id,
          body: z
            .object({ app_id: z.string().max(200).nullish(), content: z.string().trim().max(LONGEST_TEXT) })
            .meta({ id: 'OmiSummaryChange', examples: [{ content: 'The roof is mended.' }] }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        await change(request, reply, request.params.id, { overview: request.body.content || null });
        return DONE;
      },
    );

    app.patch(
      '/v1/conversations/:id/segments/text',
      {
        schema: {
          tags: ['omi'],
          summary: 'Correct what was said in one segment',
          params: Id,
          body: z
            .object({ segment_id: z.string().max(200), text: z.string().trim().max(LONGEST_TEXT) })
            .meta({ id: 'OmiSegmentText', examples: [{ segment_id: 'rec_1:4000.4000', text: 'The roof' }] }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        const { segment_id: id, text } = request.body;
        await changeInTurn(request, reply, 'not_changed', () =>
          changeSegments(db, deciderOf(request), request.params.id, [{ id, text }]),
        );
        return DONE;
      },
    );

    app.patch(
      '/v1/conversations/:id/events',
      {
        schema: {
          tags: ['omi'],
          summary: 'Note which events of a conversation are in a calendar, by their place',
          params: Id,
          body: z
            .object({
              events_idx: z.array(z.number().int()).max(MOST_EVENTS),
              values: z.array(z.boolean()).max(MOST_EVENTS),
            })
            .refine(({ events_idx, values }) => events_idx.length === values.length, 'needs a value for each')
            .meta({ id: 'OmiEventStates', examples: [{ events_idx: [0], values: [true] }] }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        const { events_idx: places, values } = request.body;
        const changes = places.map((place, at) => ({ place, added: values[at] ?? false }));
        await changeInTurn(request, reply, 'not_changed', () =>
          changeEvents(db, deciderOf(request), request.params.id, changes),
        );
        return DONE;
      },
    );

    app.post(
      '/v1/conversations/:id/mutations',
      {
        schema: {
          tags: ['omi'],
          summary: 'Change a title or a star, once, however often it is sent',
          params: Id,
          body: Mutation,
          response: {
            200: z
              .object({
                status: z.enum(['applied', 'replayed']),
                client_mutation_id: z.string(),
                conversation_id: z.string(),
                conversation: OmiConversation,
              })
              .meta({ id: 'OmiMutated' }),
            ...Refusals,
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { client_mutation_id: mutation, operation } = request.body;
        const { userId } = senderOf(request);
        const what =
          operation.type === 'set_title'
            ? { title: operation.title || null }
            : { starred: operation.starred };
        // An answer that got lost is asked for again, maybe after the same thing was changed elsewhere.
        const { isNew } = await changeInTurn(request, reply, 'not_changed', () =>
          changeConversationOnce(db, { userId, by: `mutation:${mutation}` }, id, what),
        );
        const conversation = await read(request, id);
        return {
          status: isNew ? ('applied' as const) : ('replayed' as const),
          client_mutation_id: mutation,
          conversation_id: conversation.id,
          conversation,
        };
      },
    );

    app.post(
      '/v1/conversations/:id/reprocess',
      {
        schema: {
          tags: ['omi'],
          summary: 'Make title, summary and tasks anew',
          description: 'What its person has decided stays. Filler that is made anew is shown.',
          params: Id,
          response: { 200: OmiConversation, ...Refusals },
        },
      },
      async (request, reply) => {
        const id = await changeInTurn(request, reply, 'not_changed', async (userId) => {
          const found = await readOmiConversation(db, userId, request.params.id);
          if (found?.discarded) await changeConversation(db, deciderOf(request), found.id, { kept: true });
          return await reprocessConversation(db, userId, request.params.id);
        });
        return await read(request, id);
      },
    );

    app.post(
      '/v1/conversations/merge',
      {
        schema: {
          tags: ['omi'],
          summary: 'Merge conversations into the earliest one',
          body: z
            .object({
              conversation_ids: z.array(z.string().max(100)).min(2).max(MOST_MERGED),
              reprocess: z.boolean().default(true),
            })
            .meta({ id: 'OmiMerge', examples: [{ conversation_ids: ['cnv_1', 'cnv_2'], reprocess: true }] }),
          response: {
            200: z
              .object({
                status: z.literal('completed'),
                message: z.string(),
                conversation_ids: z.array(z.string()),
              })
              .meta({ id: 'OmiMerged' }),
            ...Refusals,
          },
        },
      },
      async (request, reply) => {
        const ids = request.body.conversation_ids;
        const survivor = await changeInTurn(request, reply, 'not_changed', () =>
          mergeConversations(db, deciderOf(request), ids),
        );
        // Each id goes on to answer, with the one that is left.
        return {
          status: 'completed' as const,
          message: 'Merged',
          conversation_ids: [survivor, ...ids.filter((id) => id !== survivor)],
        };
      },
    );

    app.delete(
      '/v1/conversations/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Delete a conversation with its words',
          description:
            'A recording without any words left goes with it, and its tasks too, with `cascade` and without.',
          params: Id,
          querystring: z.object({ cascade: z.stringbool().optional() }),
          response: { 204: z.null(), ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_deleted', async (userId) => {
          const { id } = request.params;
          // The id of one that became part of another one must not delete that one.
          if ((await livingConversationId(db, userId, id)) !== id)
            throw new AfterwordError('not_found', 'Conversation not found');
          await removeConversation(parts, userId, id);
        });
        return reply.status(204).send(null);
      },
    );
  };
}
