/** Omi's routes for tasks: other words for `/api/v1/action-items`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addActionItem, changeActionItem, removeActionItem } from '../../edits/action-items.ts';
import { AfterwordError } from '../../errors.ts';
import { listActionItems, readActionItem } from '../../views/action-items.ts';
import { readConversation } from '../../views/conversations.ts';
import { OmiTask, toOmiTask } from '../../views/omi/task.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { deciderOf } from '../decider.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeAnyJson } from './any-json.ts';
import { Moment } from './conversations.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';
import { changeOf, Description, PLACE, TaskChange } from './task-change.ts';

const MOST_BYTES = 200_000;
const MOST_DELETED = 500;
/** Omi pages by offset; whoever has more asks by dates. */
const FARTHEST = 10_000;

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Done = z.object({ status: z.literal('Ok') }).meta({ id: 'OmiTasksChanged' });
const DONE = { status: 'Ok' as const };

const NewTask = z
  .object({
    description: Description,
    completed: z.boolean().default(false),
    due_at: Moment.nullish(),
    conversation_id: z.string().max(100).nullish(),
    sort_order: PLACE.order.nullish(),
    indent_level: PLACE.indent.nullish(),
  })
  .meta({ id: 'OmiNewTask' });

export function omiActionItemRoutes({ db, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const one = async (userId: string, id: string) => {
    const item = await readActionItem(db, userId, id);
    if (!item) throw new AfterwordError('not_found', 'Action item not found');
    return toOmiTask(item);
  };
  /** The ids of the tasks of a conversation, in the order of its document. */
  const tasksOf = async (userId: string, id: string) => {
    const talk = await readConversation(db, userId, id);
    if (!talk) throw new AfterwordError('not_found', 'Conversation not found');
    return talk.actionItems;
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    app.get(
      '/v1/action-items',
      {
        schema: {
          tags: ['omi'],
          summary: 'Tasks, the latest first',
          querystring: z.object({
            limit: z.coerce.number().int().min(1).max(500).default(50),
            offset: z.coerce.number().int().min(0).max(FARTHEST).default(0),
            completed: z.stringbool().optional(),
            include_completed: z.stringbool().default(true),
            conversation_id: z.string().max(100).optional(),
            start_date: Moment.optional(),
            end_date: Moment.optional(),
            due_start_date: Moment.optional(),
            due_end_date: Moment.optional(),
          }),
          response: {
            200: z.object({ action_items: z.array(OmiTask), has_more: z.boolean() }).meta({ id: 'OmiTasks' }),
            ...Refusals,
          },
        },
      },
      async (request) => {
        const { limit, offset, completed, include_completed, ...asked } = request.query;
        const items = await listActionItems(db, senderOf(request).userId, {
          limit: limit + 1,
          offset,
          after: null,
          done: completed ?? (include_completed ? undefined : false),
          conversationId: asked.conversation_id,
          fromMs: asked.start_date,
          toMs: asked.end_date,
          dueFromMs: asked.due_start_date,
          // Omi's end counts too.
          dueToMs: asked.due_end_date === undefined ? undefined : asked.due_end_date + 1,
        });
        return { action_items: items.slice(0, limit).map(toOmiTask), has_more: items.length > limit };
      },
    );

    app.get(
      '/v1/action-items/:id',
      { schema: { tags: ['omi'], summary: 'A task', params: Id, response: { 200: OmiTask, ...Refusals } } },
      async (request) => await one(senderOf(request).userId, request.params.id),
    );

    app.post(
      '/v1/action-items',
      {
        schema: {
          tags: ['omi'],
          summary: 'Add a task, to a conversation or to none',
          body: NewTask,
          response: { 200: OmiTask, ...Refusals },
        },
      },
      async (request, reply) => {
        const { description, completed: done, due_at: dueAtMs, conversation_id } = request.body;
        const wanted = {
          conversationId: conversation_id || null,
          description,
          dueAtMs,
          done,
          order: request.body.sort_order ?? undefined,
          indent: request.body.indent_level ?? undefined,
        };
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          addActionItem(db, deciderOf(request), wanted, timeZone),
        );
        return await one(senderOf(request).userId, id);
      },
    );

    app.patch(
      '/v1/action-items/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Change a task, or tick it off',
          params: Id,
          body: TaskChange,
          response: { 200: OmiTask, ...Refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const change = changeOf(request.body);
        await changeInTurn(request, reply, 'not_changed', () =>
          changeActionItem(db, deciderOf(request), id, change),
        );
        return await one(senderOf(request).userId, id);
      },
    );

    app.delete(
      '/v1/action-items/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Delete a task',
          params: Id,
          response: { 204: z.null(), ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_deleted', () =>
          removeActionItem(db, deciderOf(request), request.params.id),
        );
        return reply.status(204).send(null);
      },
    );

    app.post(
      '/v1/action-items/batch-delete',
      {
        schema: {
          tags: ['omi'],
          summary: 'Delete tasks',
          body: z
            .object({ ids: z.array(z.string().max(100)).min(1).max(MOST_DELETED) })
            .meta({ id: 'OmiTaskIds', examples: [{ ids: ['act_1'] }] }),
          response: {
            200: z
              .object({
                status: z.literal('ok'),
                deleted_count: z.number().int(),
                deleted_ids: z.array(z.string()),
              })
              .meta({ id: 'OmiTasksDeleted' }),
            ...Refusals,
          },
        },
      },
      async (request, reply) => {
        const deleted: string[] = [];
        await changeInTurn(request, reply, 'not_deleted', async () => {
          for (const id of new Set(request.body.ids)) {
            if (await removed(removeActionItem(db, deciderOf(request), id))) deleted.push(id);
          }
        });
        return { status: 'ok' as const, deleted_count: deleted.length, deleted_ids: deleted };
      },
    );

    app.patch(
      '/v1/conversations/:id/action-items',
      {
        schema: {
          tags: ['omi'],
          summary: 'Tick tasks of a conversation off, by their place',
          params: Id,
          body: z
            .object({
              items_idx: z.array(z.number().int()).max(MOST_DELETED),
              values: z.array(z.boolean()).max(MOST_DELETED),
            })
            .refine(({ items_idx, values }) => items_idx.length === values.length, 'needs a value for each')
            .meta({ id: 'OmiTaskStates', examples: [{ items_idx: [0], values: [true] }] }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        const { items_idx: places, values } = request.body;
        await changeInTurn(request, reply, 'not_changed', async (userId) => {
          const tasks = await tasksOf(userId, request.params.id);
          for (const [at, place] of places.entries()) {
            const id = tasks[place]?.id;
            const done = values[at];
            if (id != null && done !== undefined)
              await changeActionItem(db, deciderOf(request), id, { done });
          }
        });
        return DONE;
      },
    );

    app.patch(
      '/v1/conversations/:id/action-items/:place',
      {
        schema: {
          tags: ['omi'],
          summary: 'Change a task of a conversation, by its words',
          params: z.object({ id: z.string(), place: z.string() }),
          body: z
            .object({ old_description: z.string().max(2000), description: Description })
            .meta({ id: 'OmiTaskWords', examples: [{ old_description: 'Call', description: 'Call Ana' }] }),
          response: { 200: Done, ...Refusals },
        },
      },
      async (request, reply) => {
        const { old_description: old, description } = request.body;
        await changeInTurn(request, reply, 'not_changed', async (userId) => {
          const tasks = await tasksOf(userId, request.params.id);
          const id = tasks.find((task) => task.description === old)?.id;
          if (id == null) throw new AfterwordError('not_found', 'Action item not found');
          await changeActionItem(db, deciderOf(request), id, { description });
        });
        return DONE;
      },
    );

    app.delete(
      '/v1/conversations/:id/action-items',
      {
        schema: {
          tags: ['omi'],
          summary: 'Delete a task of a conversation, by its words',
          params: Id,
          body: z
            .object({ description: z.string().max(2000), completed: z.boolean().nullish() })
            .meta({ id: 'OmiTaskGone', examples: [{ description: 'Call', completed: false }] }),
          response: { 204: z.null(), ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_deleted', async (userId) => {
          const tasks = await tasksOf(userId, request.params.id);
          for (const { id, description } of tasks)
            if (id !== null && description === request.body.description)
              await removed(removeActionItem(db, deciderOf(request), id));
        });
        return reply.status(204).send(null);
      },
    );
  };
}

/** One that is gone already needs neither a change nor a deletion. @returns whether it was there */
export async function removed(deletion: Promise<void>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (error instanceof AfterwordError && error.code === 'not_found') return false;
    throw error;
  }
}
