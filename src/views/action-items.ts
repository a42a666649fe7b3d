/** Tasks as their person sees them: as they were understood, or as they were decided. */

import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Understanding } from '../meaning/understanding.ts';
import { nameSpeakers } from '../speakers/marks.ts';
import { readCalled } from '../speakers/read.ts';
import type { Database } from '../store/database.ts';
import type { ActionItemsTable } from '../store/tables/decisions.ts';

const itemFields = {
  id: z.string().nullable().describe('null for a moment after an upgrade'),
  description: z.string(),
  done: z.boolean(),
  doneAtMs: EpochMs.nullable(),
  dueAtMs: EpochMs.nullable(),
  dueText: z.string().nullable(),
  segmentId: z.string().nullable().describe('Where it was said; null of one that you have added'),
  context: z.string().optional().describe('What was said right before, if the description alone is unclear'),
  order: z.int().nullable().describe('Where it stands among the others; null: nowhere in particular'),
  indent: z.int(),
};

export const ItemOfConversation = z.object(itemFields);

export type ItemOfConversation = z.infer<typeof ItemOfConversation>;

export const ActionItemBody = z
  .object({
    ...itemFields,
    id: z.string(),
    conversationId: z.string().nullable().describe('null: it belongs to none'),
    reminder: z
      .object({ platform: z.string().nullable(), id: z.string().nullable(), atMs: EpochMs })
      .nullable()
      .describe('Where a phone keeps it among its reminders'),
    added: z.boolean().describe('You have added it'),
    createdAtMs: EpochMs,
    updatedAtMs: EpochMs,
  })
  .meta({ id: 'ActionItem' });

export const ActionItemPage = z
  .object({ actionItems: z.array(ActionItemBody), nextCursor: z.string().nullable() })
  .meta({ id: 'ActionItemPage' });

export type ActionItemView = z.infer<typeof ActionItemBody>;

type Row = Selectable<ActionItemsTable>;

export interface ItemListing {
  done?: boolean | undefined;
  dueFromMs?: number | undefined;
  dueToMs?: number | undefined;
  conversationId?: string | undefined;
  /** When it was made: from and to. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
  /** Those that lie in the reminders of a phone, of this platform. */
  remindedBy?: string | undefined;
  offset?: number;
  limit: number;
  after: { createdAtMs: number; id: string } | null;
}

/** Latest first. */
export async function listActionItems(
  db: Database,
  userId: string,
  listing: ItemListing,
): Promise<ActionItemView[]> {
  const { done, dueFromMs, dueToMs, conversationId, fromMs, toMs, remindedBy, limit, after } = listing;
  let query = db
    .selectFrom('action_items')
    .selectAll()
    .where('user_id', '=', userId)
    .where('deleted', '=', false)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(listing.offset ?? 0);
  if (fromMs !== undefined) query = query.where('created_at_ms', '>=', fromMs);
  if (toMs !== undefined) query = query.where('created_at_ms', '<=', toMs);
  if (done !== undefined) query = query.where('done', '=', done);
  if (dueFromMs !== undefined) query = query.where('due_at_ms', '>=', dueFromMs);
  if (dueToMs !== undefined) query = query.where('due_at_ms', '<', dueToMs);
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  if (remindedBy !== undefined)
    query = query.where(sql<boolean>`decided->'reminder'->>'platform' = ${remindedBy}`);
  if (after) query = query.where(sql<boolean>`(created_at_ms, id) < (${after.createdAtMs}, ${after.id})`);
  return await named(db, userId, await query.execute());
}

/** @returns null if the person has no such task */
export async function readActionItem(
  db: Database,
  userId: string,
  id: string,
): Promise<ActionItemView | null> {
  const rows = await db
    .selectFrom('action_items')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('deleted', '=', false)
    .execute();
  return (await named(db, userId, rows))[0] ?? null;
}

/** By their conversations, in the order in which they were said. */
export async function itemsOfConversations(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, ItemOfConversation[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('action_items')
    .innerJoin('recordings', 'recordings.id', 'action_items.recording_id')
    .selectAll('action_items')
    .where('action_items.user_id', '=', userId)
    .where('deleted', '=', false)
    .where(({ eb, fn, val }) => eb('conversation_id', '=', fn.any(val([...ids]))))
    .orderBy(sql`coalesce(recordings.started_at_ms, 0) + action_items.at_ms`)
    .orderBy('action_items.created_at_ms')
    .orderBy('action_items.id')
    .execute();
  const byConversation = Map.groupBy(rows, ({ conversation_id }) => conversation_id ?? '');
  return new Map([...byConversation].map(([id, own]) => [id, own.map(toItem)]));
}

function toItem({ id, derived, decided, done, due_at_ms }: Row): ItemOfConversation & { id: string } {
  return {
    id,
    description: decided?.description ?? derived?.description ?? '',
    done,
    doneAtMs: decided?.doneAtMs ?? null,
    dueAtMs: due_at_ms,
    dueText: decided?.dueAtMs === undefined ? (derived?.dueText ?? null) : null,
    segmentId: derived?.segmentId ?? null,
    ...(derived?.context === undefined ? {} : { context: derived.context }),
    order: decided?.order ?? null,
    indent: decided?.indent ?? 0,
  };
}

/** Of an understanding of which no rows were made yet. */
export function unlisted(understanding: Understanding | null): ItemOfConversation[] {
  return (understanding?.actionItems ?? []).map((item) => ({
    ...item,
    id: null,
    done: false,
    doneAtMs: null,
    order: null,
    indent: 0,
  }));
}

/** Puts the present names of speakers in the place of the marks that a model has written. */
async function named(db: Database, userId: string, rows: readonly Row[]): Promise<ActionItemView[]> {
  const marked = [
    ...new Set(
      rows.flatMap(({ conversation_id, derived }) =>
        conversation_id !== null && derived?.description.includes('@') ? conversation_id : [],
      ),
    ),
  ];
  const called = await readCalled(db, userId, marked);
  const talks =
    marked.length === 0
      ? []
      : await db
          .selectFrom('conversations')
          .select(['id', 'understanding'])
          .where('user_id', '=', userId)
          .where('id', 'in', marked)
          .execute();
  const understandings = new Map(talks.map(({ id, understanding }) => [id, understanding]));
  return rows.map((row) => {
    const item = toItem(row);
    const understanding = understandings.get(row.conversation_id ?? '');
    const [told] =
      understanding && row.derived && row.decided?.description === undefined
        ? nameSpeakers(
            { ...understanding, actionItems: [row.derived] },
            called.get(row.conversation_id ?? '') ?? new Map(),
          ).actionItems
        : [];
    return {
      ...item,
      description: told?.description ?? item.description,
      conversationId: row.conversation_id,
      reminder: row.decided?.reminder ?? null,
      added: row.derived === null,
      createdAtMs: row.created_at_ms,
      updatedAtMs: row.updated_at_ms,
    };
  });
}
