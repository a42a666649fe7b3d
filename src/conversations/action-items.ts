/**
 * Keeps the rows of tasks in step with what was understood and what was decided. A task that its person has touched stays
 * whatever is understood later; one that they deleted does not come back in other words.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type SqlBool, sql } from 'kysely';
import { matchItems, type WordedItem } from '../decisions/items.ts';
import type { ActionItem } from '../meaning/understanding.ts';
import type { Reader, Tx } from '../store/database.ts';
import type { DecidedItem } from '../store/tables/decisions.ts';
import { soundFinder } from '../timeline/anchors.ts';
import { soundsOf } from './standing.ts';

/** Must be called under the timeline's lock, when a conversation was understood. A second call changes nothing. */
export async function renewActionItems(tx: Tx, conversationId: string): Promise<void> {
  const conversation = await tx
    .selectFrom('conversations')
    .select(['user_id', 'understanding', 'items_digest'])
    .where('id', '=', conversationId)
    .where('merged_into', 'is', null)
    .where(sql<SqlBool>`items_of IS DISTINCT FROM items_digest`)
    .executeTakeFirst();
  if (!conversation) return;
  const now = await anchored(tx, conversationId, conversation.understanding?.actionItems ?? []);
  const before = await tx
    .selectFrom('action_items')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute();
  const known = before.filter(({ derived }) => derived !== null);
  const matched = matchItems(
    now,
    known.map((row) => ({
      text: row.derived?.description ?? '',
      recordingId: row.recording_id ?? '',
      atMs: row.at_ms,
    })),
  );
  const nowMs = Date.now();
  for (const [index, { item, recordingId, atMs }] of now.entries()) {
    const row = known[matched.get(index) ?? -1];
    const derived = JSON.stringify(item);
    const anchor = { recording_id: recordingId, at_ms: atMs };
    const dueAtMs = row?.decided?.dueAtMs === undefined ? item.dueAtMs : row.decided.dueAtMs;
    if (!row)
      await tx
        .insertInto('action_items')
        .values({
          id: `act_${randomUUID()}`,
          user_id: conversation.user_id,
          conversation_id: conversationId,
          ...anchor,
          derived,
          due_at_ms: dueAtMs,
          created_at_ms: nowMs,
          updated_at_ms: nowMs,
        })
        .execute();
    else if (!isDeepStrictEqual(row.derived, item) || row.at_ms !== atMs || row.recording_id !== recordingId)
      await tx
        .updateTable('action_items')
        .set({ ...anchor, derived, due_at_ms: dueAtMs, updated_at_ms: nowMs })
        .where('id', '=', row.id)
        .execute();
  }
  const kept = new Set([...matched.values()].map((at) => known[at]?.id));
  const gone = known.filter(({ id, decided }) => decided === null && !kept.has(id)).map(({ id }) => id);
  if (gone.length > 0) await tx.deleteFrom('action_items').where('id', 'in', gone).execute();
  await tx
    .updateTable('conversations')
    .set({ items_of: conversation.items_digest })
    .where('id', '=', conversationId)
    .execute();
}

/** @param most the number of people: each one is a transaction that holds that person's lock */
export async function peopleWithOtherItems(db: Reader, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('conversations')
    .select('user_id')
    .distinct()
    .where('merged_into', 'is', null)
    .where(sql<SqlBool>`items_of IS DISTINCT FROM items_digest`)
    .limit(most)
    .execute();
  return rows.map(({ user_id }) => user_id);
}

/** Brings up to date what an older process has understood, or what was understood before there were rows. */
export async function renewOtherItems(tx: Tx, userId: string, most: number): Promise<number> {
  const stale = await tx
    .selectFrom('conversations')
    .select('id')
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .where(sql<SqlBool>`items_of IS DISTINCT FROM items_digest`)
    .limit(most)
    .execute();
  for (const { id } of stale) await renewActionItems(tx, id);
  return stale.length;
}

/** Moves tasks to the conversation to which their sound belongs now. */
export async function renewItemHomes(tx: Tx, recordingIds: readonly string[]): Promise<void> {
  const rows = await tx
    .selectFrom('action_items')
    .innerJoin('recordings', 'recordings.id', 'action_items.recording_id')
    .select(['action_items.id', 'recordings.id as recordingId', 'at_ms', 'conversation_id', 'started_at_ms'])
    .where(({ eb, fn, val }) => eb('recording_id', '=', fn.any(val([...recordingIds]))))
    .execute();
  if (rows.length === 0) return;
  const find = soundFinder(await soundsOf(tx, [...new Set(rows.map(({ recordingId }) => recordingId))]));
  for (const { id, recordingId, at_ms, conversation_id, started_at_ms } of rows) {
    const home = find({ recordingId, atMs: (started_at_ms ?? 0) + at_ms })?.conversationId ?? null;
    if (home === conversation_id) continue;
    await tx.updateTable('action_items').set({ conversation_id: home }).where('id', '=', id).execute();
  }
}

/** Derives what counts of the decisions about a task. */
export async function renewDecidedItem(tx: Tx, id: string): Promise<void> {
  const decisions = await tx
    .selectFrom('decisions')
    .select('value')
    .where('subject', '=', id)
    .where('kind', '=', 'item')
    .orderBy('id')
    .execute();
  const decided: DecidedItem = Object.assign({}, ...decisions.map(({ value }) => value as DecidedItem));
  const row = await tx.selectFrom('action_items').select('derived').where('id', '=', id).executeTakeFirst();
  await tx
    .updateTable('action_items')
    .set({
      decided: JSON.stringify(decided),
      done: decided.done ?? false,
      deleted: decided.deleted ?? false,
      due_at_ms: decided.dueAtMs === undefined ? (row?.derived?.dueAtMs ?? null) : decided.dueAtMs,
      updated_at_ms: Date.now(),
    })
    .where('id', '=', id)
    .execute();
}

async function anchored(
  tx: Tx,
  conversationId: string,
  items: readonly ActionItem[],
): Promise<(WordedItem & { item: ActionItem })[]> {
  if (items.length === 0) return [];
  const { rows } = await sql<{ id: string; recordingId: string; atMs: number }>`
    SELECT s.id, s.recording_id AS "recordingId",
           (s.started_at_ms + s.ended_at_ms) / 2 - coalesce(r.started_at_ms, 0) AS "atMs"
      FROM segments s JOIN recordings r ON r.id = s.recording_id
     WHERE s.conversation_id = ${conversationId}
     ORDER BY s.started_at_ms, s.id`.execute(tx);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return items.flatMap((item) => {
    const at = byId.get(item.segmentId) ?? rows[0];
    return at ? [{ item, text: item.description, recordingId: at.recordingId, atMs: at.atMs }] : [];
  });
}
