/** Ticks tasks off, changes, adds and deletes them. Whatever is understood later, what was decided stays. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { renewDecidedItem } from '../conversations/action-items.ts';
import { lockConversation, lockTimeline } from '../conversations/lock.ts';
import { addDecisions, type Decider } from '../decisions/facts.ts';
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import type { DecidedItem, Reminder } from '../store/tables/decisions.ts';
import { inTransaction } from '../store/transaction.ts';
import { anchorsOf, touch } from './about-conversation.ts';
import { anyState, type Precondition } from './precondition.ts';

/** Of one conversation, those included that were deleted; and of a person those of no conversation. */
const MOST_ITEMS = 1000;
/** Where nothing was said, there is no time of a recording. */
const NO_MS = 0;

export interface ItemChange {
  description?: string | undefined;
  dueAtMs?: number | null | undefined;
  done?: boolean | undefined;
  order?: number | undefined;
  indent?: number | undefined;
  reminder?: Reminder | null | undefined;
}

export interface NewItem extends Pick<ItemChange, 'order' | 'indent'> {
  /** Whoever adds the same id again gets what is there. */
  id?: string | undefined;
  /** null: it belongs to none. */
  conversationId: string | null;
  description: string;
  dueAtMs?: number | null | undefined;
  done?: boolean | undefined;
}

/**
 * @param timeZone of somebody who has nothing yet
 * @returns the id of the task
 * @throws AfterwordError `not_found`, `too_many_action_items`, `too_many_decisions`, `user_deleted`
 */
export async function addActionItem(
  db: Database,
  decider: Decider,
  {
    id = `act_${randomUUID()}`,
    conversationId,
    description,
    dueAtMs = null,
    done = false,
    order,
    indent,
  }: NewItem,
  timeZone = 'UTC',
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living =
      conversationId === null
        ? await lockPerson(tx, userId, timeZone)
        : await lockConversation(tx, userId, conversationId);
    const known = await tx
      .selectFrom('action_items')
      .select('user_id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (known) {
      if (known.user_id !== userId) throw new AfterwordError('not_found');
      return id;
    }
    await requireRoom(tx, userId, living);
    const anchor = living === null ? null : (await anchorsOf(tx, [living])).get(living);
    if (anchor === undefined) throw new AfterwordError('not_found');
    const nowMs = Date.now();
    await tx
      .insertInto('action_items')
      .values({
        id,
        user_id: userId,
        conversation_id: living,
        recording_id: anchor?.recordingId ?? null,
        at_ms: anchor?.fromMs ?? NO_MS,
        derived: null,
        created_at_ms: nowMs,
        updated_at_ms: nowMs,
      })
      .execute();
    const value: DecidedItem = { description, dueAtMs, done, doneAtMs: done ? nowMs : null };
    if (order !== undefined) value.order = order;
    if (indent !== undefined) value.indent = indent;
    await addDecisions(tx, decider, [{ kind: 'item', anchor, subject: id, value }]);
    await renewDecidedItem(tx, id);
    if (living !== null) await touch(tx, userId, [living]);
    return id;
  });
}

/** Somebody may write down what they have to do before they send their first recording. */
async function lockPerson(tx: Tx, userId: string, timeZone: string): Promise<null> {
  await keepPerson(tx, userId);
  await ensurePerson(tx, userId, timeZone);
  await requireThere(tx, userId);
  await lockTimeline(tx, userId);
  return null;
}

async function requireRoom(tx: Tx, userId: string, conversationId: string | null): Promise<void> {
  const own = tx.selectFrom('action_items').where('user_id', '=', userId);
  const { count } = await own
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('conversation_id', conversationId === null ? 'is' : '=', conversationId)
    .$if(conversationId === null, (query) => query.where('recording_id', 'is', null))
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_ITEMS) throw new AfterwordError('too_many_action_items');
}

/** @throws AfterwordError `not_found`, `too_many_decisions`, or what the precondition throws */
export async function changeActionItem(
  db: Database,
  decider: Decider,
  id: string,
  change: ItemChange,
  require: Precondition = anyState,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await lockItem(tx, decider.userId, id);
    await require(tx, id);
    const { description = row.derived?.description } = row.decided ?? {};
    const value: DecidedItem = {};
    if (change.description !== undefined && change.description !== description)
      value.description = change.description;
    if (change.dueAtMs !== undefined && change.dueAtMs !== row.due_at_ms) value.dueAtMs = change.dueAtMs;
    if (change.done !== undefined && change.done !== row.done)
      Object.assign(value, { done: change.done, doneAtMs: change.done ? Date.now() : null });
    for (const field of ['order', 'indent', 'reminder'] as const)
      if (change[field] !== undefined && !isDeepStrictEqual(change[field], row.decided?.[field]))
        Object.assign(value, { [field]: change[field] });
    if (Object.keys(value).length > 0) await decide(tx, decider, row, value);
  });
}

/**
 * It does not come back, in whatever words it is understood again.
 * @throws AfterwordError `not_found`, `too_many_decisions`, or what the precondition throws
 */
export async function removeActionItem(
  db: Database,
  decider: Decider,
  id: string,
  require: Precondition = anyState,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await lockItem(tx, decider.userId, id);
    await require(tx, id);
    if (row.recording_id !== null) return await decide(tx, decider, row, { deleted: true });
    // Nothing that is understood later brings it back.
    await tx.deleteFrom('decisions').where('subject', '=', id).where('kind', '=', 'item').execute();
    await tx.deleteFrom('action_items').where('id', '=', id).execute();
  });
}

type Row = Awaited<ReturnType<typeof lockItem>>;

async function decide(tx: Tx, decider: Decider, row: Row, value: DecidedItem): Promise<void> {
  const { recording_id: recordingId, at_ms: fromMs } = row;
  const anchor = recordingId === null ? null : { recordingId, fromMs, toMs: null };
  await addDecisions(tx, decider, [{ kind: 'item', anchor, subject: row.id, value }]);
  await renewDecidedItem(tx, row.id);
  if (row.conversation_id !== null) await touch(tx, decider.userId, [row.conversation_id]);
}

async function lockItem(tx: Tx, userId: string, id: string) {
  const find = () =>
    tx
      .selectFrom('action_items')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('deleted', '=', false)
      .executeTakeFirst();
  if (!(await find())) throw new AfterwordError('not_found');
  await lockTimeline(tx, userId);
  const row = await find();
  if (!row) throw new AfterwordError('not_found');
  return row;
}
