/**
 * Makes deliveries of events. Each endpoint reads its person's log from its own place, in the order of the numbers, and the
 * place moves in the transaction that writes the deliveries: none is left out and none is made twice.
 */
import { randomUUID } from 'node:crypto';
import { statesOf } from '../engine/internals.ts';
import { type Follower, startFollower } from '../events/follower.ts';
import { lastNumber, readEvents } from '../events/read.ts';
import type { StoredEvent } from '../events/types.ts';
import { commit, STALE } from '../pipeline/commit.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { OneByOne } from '../pipeline/one-by-one.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { WebhookEndpoint } from '../store/schema.ts';
import { AGAIN } from './deliveries.ts';
import { deliverId, enqueueDelivery, lockEndpoint, release } from './release.ts';

/** A notification can be lost with the process that sends it, so all endpoints are looked at this often. */
const LOOK_EVERY_MS = 5_000;
/** Events of one endpoint in one transaction. */
const PAGE = 200;
/** Of one endpoint that are not finished. While there are so many, the log itself is the queue. */
const MOST_WAITING = 1_000;
/** An attempt is over within seconds after its time. */
const OVERDUE_MS = 120_000;
const OVERDUE_AT_ONCE = 50;
/** Looks between two looks for what is overdue. */
const OVERDUE_EVERY = 12;
const LIVE = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log' | 'changes'>;
type Place = Pick<WebhookEndpoint, 'id' | 'user_id'>;

export function startDispatching(context: Context, everyMs = LOOK_EVERY_MS): Follower {
  return startFollower({
    everyMs,
    listen: (announce) => context.changes.listenToFollowed(announce),
    look: (people) => dispatch(context, people),
    tidy: () => requeueOverdue(context),
    tidyEvery: OVERDUE_EVERY,
    log: context.log,
    failed: 'events could not be made deliveries',
  });
}

/** @param people null: everybody */
async function dispatch(context: Context, people: readonly string[] | null): Promise<void> {
  const all = new OneByOne();
  const dispatchAll = async (place: Place) => {
    while (await dispatchPage(context, place)) {
      // There is more.
    }
  };
  await all.each(() => behind(context, people), dispatchAll);
  all.end();
}

async function behind({ db }: Context, people: readonly string[] | null): Promise<Place[]> {
  return await db
    .selectFrom('webhook_endpoints as endpoint')
    .innerJoin('event_counters as counter', 'counter.user_id', 'endpoint.user_id')
    .select(['endpoint.id', 'endpoint.user_id'])
    .whereRef('counter.last', '>', 'endpoint.read_to')
    .where('endpoint.disabled_at_ms', 'is', null)
    .$if(people !== null, (query) => query.where('endpoint.user_id', 'in', [...(people ?? [])]))
    .execute();
}

/** @returns whether there is more to do at once */
async function dispatchPage(context: Context, { id, user_id: userId }: Place): Promise<boolean> {
  const done = await commit(
    context,
    { userId },
    async (tx) => {
      const endpoint = await lockEndpoint(tx, userId, id);
      if (!endpoint || endpoint.disabled_at_ms !== null) return false;
      const most = Math.min(PAGE, MOST_WAITING - (await unfinished(tx, id)));
      if (most <= 0) return false;
      const last = await lastNumber(tx, userId);
      const events = await readEvents(tx, userId, { after: endpoint.read_to, most });
      const readTo = events.at(-1)?.number ?? last;
      const gone = readTo - endpoint.read_to - events.length;
      if (gone > 0)
        context.log.warn(
          { webhookId: id, events: gone },
          'events were deleted before a webhook was sent them',
        );
      await insert(tx, endpoint, await wantedOf(tx, endpoint, events));
      await tx
        .updateTable('webhook_endpoints')
        .set({ read_to: readTo, missed: endpoint.missed + Math.max(0, gone) })
        .where('id', '=', id)
        .execute();
      await release(tx, endpoint);
      return events.length === most;
    },
    { timeline: false },
  );
  return done !== STALE && done;
}

async function unfinished(tx: Tx, endpointId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('webhook_deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('endpoint_id', '=', endpointId)
    .where('finished_at_ms', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function wantedOf(
  tx: Tx,
  endpoint: WebhookEndpoint,
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  if (endpoint.format === 'omi') return await firstReady(tx, endpoint, events);
  const { id, types } = endpoint;
  return events.filter(({ type, data }) => {
    if (types !== null && !types.includes(type)) return false;
    // An endpoint is not told that it is disabled itself; that would wait until it is enabled.
    return type !== 'webhook.disabled' || !('webhookId' in data) || data.webhookId !== id;
  });
}

/** Omi tells of a conversation once, also if words are added later: receivers make a page of each. */
async function firstReady(
  tx: Tx,
  { id }: WebhookEndpoint,
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  const ready = new Map<string, StoredEvent>();
  for (const event of events)
    if (
      event.type === 'conversation.ready' &&
      event.conversationId !== null &&
      !ready.has(event.conversationId)
    )
      ready.set(event.conversationId, event);
  if (ready.size === 0) return [];
  const told = await tx
    .selectFrom('webhook_deliveries')
    .select(['conversation_id', 'number'])
    .where('endpoint_id', '=', id)
    .where('conversation_id', 'in', [...ready.keys()])
    .where('state', 'not in', ['failed', 'skipped'])
    .execute();
  for (const { conversation_id: conversationId } of told) ready.delete(conversationId ?? '');
  return [...ready.values()];
}

/** Of an event that was read before, what was not delivered is sent again. */
async function insert(
  tx: Tx,
  { id, user_id }: WebhookEndpoint,
  events: readonly StoredEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const created = { endpoint_id: id, user_id, state: 'held' as const, created_at_ms: Date.now() };
  await tx
    .insertInto('webhook_deliveries')
    .values(
      events.map(({ number, type, conversationId: conversation_id }) => {
        return { ...created, id: `whd_${randomUUID()}`, number, type, conversation_id };
      }),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['endpoint_id', 'number'])
        .doUpdateSet(({ eb }) => ({ ...AGAIN, attempt: eb('webhook_deliveries.attempt', '+', 1) }))
        .where('webhook_deliveries.state', 'in', ['failed', 'skipped']),
    )
    .execute();
}

/** A delivery whose work has left the queue, as after a longer outage of the database, is queued again. */
async function requeueOverdue(context: Context): Promise<void> {
  const overdue = await context.db
    .selectFrom('webhook_deliveries')
    .select(['id', 'attempt', 'user_id', 'endpoint_id'])
    .where('finished_at_ms', 'is', null)
    .where('next_try_at_ms', '<', Date.now() - OVERDUE_MS)
    .limit(OVERDUE_AT_ONCE)
    .execute();
  const states = await statesOf(queryable(context.db), overdue.map(deliverId));
  for (const one of overdue.filter((delivery) => !LIVE.has(states.get(deliverId(delivery)) ?? ''))) {
    const { id, attempt, user_id: userId } = one;
    await commit(
      context,
      { userId },
      async (tx) => {
        if (!(await lockEndpoint(tx, userId, one.endpoint_id))) return;
        const still = await tx
          .selectFrom('webhook_deliveries')
          .select('id')
          .where('id', '=', id)
          .where('attempt', '=', attempt)
          .where('finished_at_ms', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (still) await enqueueDelivery(tx, { id, attempt: attempt + 1 }, 0);
      },
      { timeline: false },
    );
  }
}
