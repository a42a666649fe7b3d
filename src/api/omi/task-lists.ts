/** Omi's routes for many tasks at once: their order, and those that lie in the reminders of a phone. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { changeActionItem } from '../../edits/action-items.ts';
import { AfterwordError } from '../../errors.ts';
import { listActionItems } from '../../views/action-items.ts';
import { OmiTask, toOmiTask } from '../../views/omi/task.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { deciderOf } from '../decider.ts';
import type { ApiParts } from '../parts.ts';
import { senderOf } from '../sender.ts';
import { removed } from './action-items.ts';
import { takeAnyJson } from './any-json.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';
import { changeOf, PLACE, TaskChange } from './task-change.ts';

const MOST_BYTES = 200_000;
const MOST_CHANGED = 500;
const MOST_SYNCED = 500;

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Counted = z
  .object({ status: z.literal('ok'), updated_count: z.number().int() })
  .meta({ id: 'OmiTasksCounted' });

const id = z.string().max(100);
const Place = z.object({ id, sort_order: PLACE.order.nullish(), indent_level: PLACE.indent.nullish() });
const Places = z
  .object({ items: z.array(Place).max(MOST_CHANGED) })
  .meta({ id: 'OmiTaskPlaces', examples: [{ items: [{ id: 'act_1', sort_order: 3, indent_level: 0 }] }] });
const Change = TaskChange.extend({ id });
const Changes = z.object({ items: z.array(Change).max(MOST_CHANGED) }).meta({ id: 'OmiTaskChanges' });

export function omiTaskListRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  /** Tasks that are gone are passed over, so that one of them does not hold back the others. */
  const changeAll = async (
    request: FastifyRequest,
    reply: FastifyReply,
    items: readonly (z.output<typeof Change> | z.output<typeof Place>)[],
  ) => {
    let count = 0;
    await changeInTurn(request, reply, 'not_changed', async () => {
      for (const item of items)
        if (await removed(changeActionItem(db, deciderOf(request), item.id, changeOf(item)))) count++;
    });
    return { status: 'ok' as const, updated_count: count };
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    for (const [path, summary, body] of [
      ['/v1/action-items/batch', 'Put tasks in another order', Places],
      [
        '/v1/action-items/sync-batch',
        'Change tasks as they were changed among the reminders of a phone',
        Changes,
      ],
    ] as const) {
      const schema = { tags: ['omi'], summary, body, response: { 200: Counted, ...Refusals } };
      app.patch(
        path,
        { schema },
        async (request, reply) => await changeAll(request, reply, request.body.items),
      );
    }

    app.get(
      '/v1/action-items/pending-sync',
      {
        schema: {
          tags: ['omi'],
          summary: 'Tasks that lie in the reminders of a phone',
          description: 'Nothing is put there without being asked, so `pending_export` is empty.',
          querystring: z.object({ platform: z.string().max(100).default('apple_reminders') }),
          response: {
            200: z
              .object({ pending_export: z.array(OmiTask), synced_items: z.array(OmiTask) })
              .meta({ id: 'OmiSyncedTasks' }),
            ...Refusals,
          },
        },
      },
      async (request) => {
        const items = await listActionItems(db, senderOf(request).userId, {
          remindedBy: request.query.platform,
          limit: MOST_SYNCED,
          after: null,
        });
        return { pending_export: [], synced_items: items.map(toOmiTask) };
      },
    );

    for (const [path, summary] of [
      ['/v1/action-items/share', 'Share tasks with somebody: nothing is shared'],
      ['/v1/action-items/accept', 'Take tasks that somebody shares: nothing is shared'],
    ] as const) {
      app.post(path, { schema: { tags: ['omi'], summary, response: Refusals } }, () => {
        throw new AfterwordError('no_such_address', summary);
      });
    }
  };
}
