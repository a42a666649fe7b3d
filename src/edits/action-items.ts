/** Ticks tasks off, changes, adds and deletes them. Whatever is understood later, what was decided stays. */
import { randomUUID } from 'node:crypto';
import { renewDecidedItem } from '../conversations/action-items.ts';
import { lockConversation, lockTimeline } from '../conversations/lock.ts';
import { addDecisions, type Decider } from '../decisions/facts.ts';
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import type { DecidedItem } from '../store/tables/decisions.ts';
import { inTransaction } from '../store/transaction.ts';
import { anchorsOf, touch } from './about-conversation.ts';
import { anyState, type Precondition } from './precondition.ts';

/** Of one conversation, those included that were deleted. */
const MOST_ITEMS = 1000;

export interface ItemChange {
  description?: string | undefined;
  dueAtMs?: number | null | undefined;
  done?: boolean | undefined;
}

export interface NewItem {
  /** Whoever adds the same id again gets what is there. */
  id?: string | undefined;
  conversationId: string;
  description: string;
  dueAtMs?: number | null | undefined;
  done?: boolean | undefined;
}

/**
 * @returns the id of the task
 * @throws AfterwordError `not_found`, `too_many_action_items`, `too_many_decisions`
 */
export async function addActionItem(
  db: Database,
  decider: Decider,
  { id = `act_${randomUUID()}`, conversationId, description, dueAtMs = null, done = false }: NewItem,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living = await lockConversation(tx, userId, conversationId);
    const known = await tx
      .selectFrom('action_items')
      .select('user_id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (known) {
      if (known.user_id !== userId) throw new AfterwordError('not_found');
      return id;
    }
    const { count } = await tx
      .selectFrom('action_items')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('conversation_id', '=', living)
      .executeTakeFirstOrThrow();
    if (Number(count) >= MOST_ITEMS) throw new AfterwordError('too_many_action_items');
    const anchor = (await anchorsOf(tx, [living])).get(living);
    if (!anchor) throw new AfterwordError('not_found');
    const nowMs = Date.now();
    await tx
      .insertInto('action_items')
      .values({
        id,
        user_id: userId,
        conversation_id: living,
        recording_id: anchor.recordingId,
        at_ms: anchor.fromMs,
        derived: null,
        created_at_ms: nowMs,
        updated_at_ms: nowMs,
      })
      .execute();
    const value: DecidedItem = { description, dueAtMs, done, doneAtMs: done ? nowMs : null };
    await addDecisions(tx, decider, [{ kind: 'item', anchor, subject: id, value }]);
    await renewDecidedItem(tx, id);
    await touch(tx, userId, [living]);
    return id;
  });
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
    await decide(tx, decider, row, { deleted: true });
  });
}

type Row = Awaited<ReturnType<typeof lockItem>>;

async function decide(tx: Tx, decider: Decider, row: Row, value: DecidedItem): Promise<void> {
  const anchor = { recordingId: row.recording_id, fromMs: row.at_ms, toMs: null };
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
