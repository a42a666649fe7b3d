/**
 * Follows the logs of the people who have devices, and writes what the rule says they are told: in one transaction with the
 * place in the log, so that nothing is told twice and nothing is left out, whichever worker does it and whenever it dies.
 */
import { randomUUID } from 'node:crypto';
import { statesOf } from '../engine/internals.ts';
import { onAppended } from '../events/append.ts';
import { type Follower, startFollower } from '../events/follower.ts';
import { readEvents } from '../events/read.ts';
import type { EventType, StoredEvent } from '../events/types.ts';
import { commit, STALE } from '../pipeline/commit.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { OneByOne } from '../pipeline/one-by-one.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { Lane } from '../store/tables/columns.ts';
import { deliveryId, enqueueDelivery } from './queue.ts';
import { type Decision, decide, type Notice, type PushState } from './rule.ts';
import { KEPT_FOR_MS } from './schedule.ts';

/** Commits of this process wake it at once; those of others, and what is due, are found by a look. */
const LOOK_EVERY_MS = 1_000;
/** Events of one person in one transaction. */
const PAGE = 500;
const PEOPLE_AT_ONCE = 100;
/** As long as the rule looks ahead: what is due later was written before the clock was set back. */
const LATEST_LOOK_MS = 30 * 60_000;
/** Looks between two looks at what was left behind, and at what is old. */
const TIDY_EVERY = 60;
const TIDIED_AT_ONCE = 100;
/** What may be told at once. */
const TELLING: ReadonlySet<EventType> = new Set([
  'conversation.ready',
  'conversation.failed',
  'upload.done',
] as const);
const LIVE = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log'>;

export function startFollowing(context: Context, everyMs = LOOK_EVERY_MS): Follower {
  return startFollower({
    everyMs,
    listen: (announce) =>
      onAppended((userId, events) => {
        if (events.some(({ type }) => TELLING.has(type))) announce(userId);
      }),
    look: (people) => follow(context, people),
    tidy: () => tidy(context),
    tidyEvery: TIDY_EVERY,
    log: context.log,
    failed: 'what people are told could not be decided',
  });
}

/** Reads on for those whose log has grown, or who are due to be told. @param among null: everybody */
async function follow(context: Context, among: readonly string[] | null, nowMs = Date.now()): Promise<void> {
  const people = await context.db
    .selectFrom('push_people as person')
    .leftJoin('event_counters as counter', 'counter.user_id', 'person.user_id')
    .select('person.user_id')
    .$if(among !== null, (query) => query.where('person.user_id', 'in', [...(among ?? [])]))
    .where(({ eb, or }) =>
      or([
        eb('counter.last', '>', eb.ref('person.read_to')),
        eb('person.due_at_ms', '<=', nowMs),
        eb('person.due_at_ms', '>', nowMs + LATEST_LOOK_MS),
      ]),
    )
    .limit(PEOPLE_AT_ONCE)
    .execute();
  const all = new OneByOne();
  for (const { user_id: userId } of people)
    await all.one(async () => {
      while (await followPage(context, userId, nowMs)) {
        // There is more.
      }
    });
  all.end();
}

/** @returns whether there is more to do at once */
async function followPage(context: Context, userId: string, nowMs: number): Promise<boolean> {
  const done = await commit(
    context,
    { userId },
    async (tx) => {
      const person = await tx
        .selectFrom('push_people')
        .selectAll()
        .where('user_id', '=', userId)
        .forUpdate()
        // Another worker is at it.
        .skipLocked()
        .executeTakeFirst();
      if (!person) return false;
      const events = await readEvents(tx, userId, { after: person.read_to, most: PAGE });
      const isLast = events.length < PAGE;
      const before = { ...person.state, ...(await namedBy(tx, userId, events)) };
      const decision = decide(before, events, nowMs);
      await keep(tx, userId, before, decision);
      for (const notice of decision.notices) await write(tx, userId, notice, nowMs);
      await tx
        .updateTable('push_people')
        .set({
          read_to: events.at(-1)?.number ?? person.read_to,
          state: JSON.stringify(keptOf(decision.state)),
          due_at_ms: decision.dueAtMs,
        })
        .where('user_id', '=', userId)
        .execute();
      return !isLast;
    },
    { timeline: false },
  );
  return done !== STALE && done;
}

function keptOf({ backlog, nothing, nothingToldAtMs }: PushState) {
  return { backlog, nothing, nothingToldAtMs };
}

type Named = Pick<PushState, 'open' | 'told' | 'othersDrain'>;

/** What is kept of the uploads and conversations that these events name. */
async function namedBy(tx: Tx, userId: string, events: readonly StoredEvent[]): Promise<Named> {
  const uploads = [...new Set(events.flatMap(({ uploadIds }) => uploadIds))];
  const conversations = [
    ...new Set(
      events.flatMap(({ conversationId, data }) => [
        ...(conversationId === null ? [] : [conversationId]),
        ...('mergedInto' in data && data.mergedInto !== null ? [data.mergedInto] : []),
      ]),
    ),
  ];
  const open = await tx
    .selectFrom('push_uploads')
    .select(['upload_id', 'lane'])
    .where('user_id', '=', userId)
    .where(({ eb, fn, val }) => eb('upload_id', '=', fn.any(val(uploads))))
    .execute();
  const told = await tx
    .selectFrom('push_told')
    .select(['conversation_id', 'state'])
    .where('user_id', '=', userId)
    .where(({ eb, fn, val }) => eb('conversation_id', '=', fn.any(val(conversations))))
    .execute();
  const other = await tx
    .selectFrom('push_uploads')
    .select('upload_id')
    .where('user_id', '=', userId)
    .where('lane', '=', 'backfill')
    .where(({ not, eb, fn, val }) => not(eb('upload_id', '=', fn.any(val(uploads)))))
    .limit(1)
    .executeTakeFirst();
  return {
    open: new Map(open.map(({ upload_id: id, lane }) => [id, lane])),
    told: new Map(told.map(({ conversation_id: id, state }) => [id, state])),
    othersDrain: other !== undefined,
  };
}

/** Writes what the decision has changed of it. */
async function keep(tx: Tx, userId: string, before: Named, { state, isSummedUp }: Decision): Promise<void> {
  const closed = [...before.open.keys()].filter((id) => !state.open.has(id));
  if (closed.length > 0)
    await tx
      .deleteFrom('push_uploads')
      .where('user_id', '=', userId)
      .where('upload_id', 'in', closed)
      .execute();
  const opened = [...state.open].filter(([id, lane]) => before.open.get(id) !== lane);
  if (opened.length > 0)
    await insertUploads(
      tx,
      userId,
      opened.map(([id, lane]) => ({ id, lane })),
    );
  const gone = [...before.told.keys()].filter((id) => !state.told.has(id));
  if (gone.length > 0)
    await tx
      .deleteFrom('push_told')
      .where('user_id', '=', userId)
      .where('conversation_id', 'in', gone)
      .execute();
  const told = [...state.told].filter(([id, what]) => before.told.get(id) !== what);
  if (told.length > 0)
    await tx
      .insertInto('push_told')
      .values(told.map(([id, what]) => ({ user_id: userId, conversation_id: id, state: what })))
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'conversation_id'])
          .doUpdateSet(({ ref }) => ({ state: ref('excluded.state') })),
      )
      .execute();
  if (isSummedUp)
    await tx
      .updateTable('push_told')
      .set({ state: 'told' })
      .where('user_id', '=', userId)
      .where('state', '=', 'pending')
      .execute();
}

async function insertUploads(
  tx: Tx,
  userId: string,
  uploads: readonly { id: string; lane: Lane }[],
): Promise<void> {
  await tx
    .insertInto('push_uploads')
    .values(uploads.map(({ id, lane }) => ({ user_id: userId, upload_id: id, lane })))
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'upload_id']).doUpdateSet(({ ref }) => ({ lane: ref('excluded.lane') })),
    )
    .execute();
}

/** What is too old by now, as after days without a worker, counts as told. */
async function write(tx: Tx, userId: string, notice: Notice, nowMs: number): Promise<void> {
  const expiresAtMs = notice.atMs + KEPT_FOR_MS;
  if (expiresAtMs <= nowMs) return;
  const id = `psh_${randomUUID()}`;
  const conversationId = notice.kind === 'conversation' ? notice.conversationId : null;
  const message = await tx
    .insertInto('push_messages')
    .values({
      id,
      user_id: userId,
      kind: notice.kind,
      conversation_id: conversationId,
      notice: JSON.stringify(notice),
      at_ms: notice.atMs,
      expires_at_ms: expiresAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!message) return;
  const devices = await tx.selectFrom('push_devices').select('id').where('user_id', '=', userId).execute();
  for (const { id: deviceId } of devices) {
    await tx
      .insertInto('push_deliveries')
      .values({ message_id: id, device_id: deviceId, attempt: 1, state: 'waiting' })
      .execute();
    await enqueueDelivery(tx, { messageId: id, deviceId, attempt: 1 }, 0);
  }
}

/** Queues what has left the queue unfinished, as after a long outage of the database, and deletes what is over for a day. */
async function tidy(context: Context, nowMs = Date.now()): Promise<void> {
  const { db } = context;
  const waiting = await db
    .selectFrom('push_deliveries as delivery')
    .innerJoin('push_messages as message', 'message.id', 'delivery.message_id')
    .select([
      'delivery.message_id as messageId',
      'delivery.device_id as deviceId',
      'delivery.attempt',
      'message.user_id as userId',
    ])
    .where('delivery.finished_at_ms', 'is', null)
    .where('message.expires_at_ms', '>', nowMs)
    .where('message.at_ms', '<', nowMs - 60_000)
    .limit(TIDIED_AT_ONCE)
    .execute();
  const states = await statesOf(queryable(db), waiting.map(deliveryId));
  for (const { userId, ...one } of waiting.filter((each) => !LIVE.has(states.get(deliveryId(each)) ?? '')))
    await commit(
      context,
      { userId },
      async (tx) => {
        const next = await tx
          .updateTable('push_deliveries')
          .set({ attempt: one.attempt + 1 })
          .where('message_id', '=', one.messageId)
          .where('device_id', '=', one.deviceId)
          .where('attempt', '=', one.attempt)
          .where('finished_at_ms', 'is', null)
          .returning('attempt')
          .executeTakeFirst();
        if (next) await enqueueDelivery(tx, { ...one, attempt: next.attempt }, 0);
      },
      { timeline: false },
    );
}
