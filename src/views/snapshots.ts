/** How things are now, for readers of the log who cannot be told what they missed. Ids, states and numbers, no words. */
import { sql } from 'kysely';
import { livingConversationId } from '../conversations/living-id.ts';
import {
  type Expected,
  type ExpectedRow,
  expectedColumns,
  expectedOfConversations,
  expectedOfRecordings,
  expectedOfUpload,
} from '../estimate/expected.ts';
import { lastNumber } from '../events/read.ts';
import type { Database } from '../store/database.ts';
import { conversationsOf } from './links.ts';

/** Of what is under way; whoever has more reads the lists. */
const MOST = 200;

export interface Snapshot {
  number: number;
  data: object;
  isOver: boolean;
}

/**
 * The number is read first: what changes meanwhile is in the snapshot and comes as an event as well, and nothing is
 * missed.
 */
export async function snapshotOfPerson(db: Database, userId: string): Promise<Snapshot> {
  const number = await lastNumber(db, userId);
  const recordings = await db
    .selectFrom('recordings')
    .select([...expectedColumns, 'code'])
    .where('user_id', '=', userId)
    .where('finished_at_ms', 'is', null)
    .orderBy('accepted_at_ms', 'desc')
    .limit(MOST)
    .execute();
  const expected = await expectedOfRecordings(db, recordings);
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'failure_code as code', 'next_try_at_ms as nextTryAtMs'])
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    .orderBy('started_at_ms', 'desc')
    .limit(MOST)
    .execute();
  const ready = await expectedOfConversations(
    db,
    userId,
    conversations.map(({ id }) => id),
  );
  const underWay = {
    recordings: recordings.map((row) => ({
      id: row.id,
      outcome: row.outcome,
      code: row.code,
      nextTryAtMs: row.next_try_at_ms,
      heardMs: row.heard_ms,
      lane: row.lane,
      expected: expected(row),
    })),
    conversations: conversations.map((row) => ({ ...row, expected: ready.get(row.id) ?? null })),
  };
  return { number, data: { underWay }, isOver: false };
}

/** @returns null if the person has no such upload */
export async function snapshotOfUpload(db: Database, userId: string, id: string): Promise<Snapshot | null> {
  const number = await lastNumber(db, userId);
  const end = await endOfUpload(db, userId, id);
  if (end === undefined) return null;
  const rows = await db
    .selectFrom('upload_files')
    .innerJoin('recordings', 'recordings.id', 'upload_files.recording_id')
    .select([...expectedColumns, 'recordings.code'])
    .where('upload_id', '=', id)
    .where('recordings.user_id', '=', userId)
    .orderBy('position')
    .execute();
  const expected = await expectedOfRecordings(db, rows);
  const files = rows.map((row) => ({
    recordingId: row.id,
    outcome: row.outcome,
    code: row.code,
    nextTryAtMs: row.next_try_at_ms,
    heardMs: row.heard_ms,
    durationMs: row.duration_ms,
    lane: row.lane,
    expected: expected(row),
  }));
  const status = end === null ? 'processing' : 'done';
  return {
    number,
    data: {
      uploadId: id,
      status,
      expected: end === null ? await expectedOfRows(db, userId, rows) : null,
      files,
    },
    isOver: end !== null,
  };
}

async function expectedOfRows(db: Database, userId: string, rows: readonly ExpectedRow[]): Promise<Expected> {
  const { all } = await conversationsOf(
    db,
    userId,
    rows.map((row) => row.id),
  );
  const unsettled = all.filter(({ settled }) => !settled).map(({ id }) => id);
  const acceptedAtMs = Math.max(0, ...rows.map((row) => row.accepted_at_ms));
  return await expectedOfUpload(db, userId, { acceptedAtMs, rows, unsettled });
}

/**
 * @returns the number of the event that told its end, 0 if it ended before there were events; null if it is under way;
 *   undefined if the person has no such upload
 */
export async function endOfUpload(
  db: Database,
  userId: string,
  id: string,
): Promise<number | null | undefined> {
  const row = await db
    .selectFrom('uploads')
    .leftJoin('upload_ends', 'upload_ends.upload_id', 'uploads.id')
    .select('upload_ends.number')
    .where('uploads.id', '=', id)
    .where('uploads.user_id', '=', userId)
    .executeTakeFirst();
  return row?.number;
}

/** @returns null if the person has no such conversation */
export async function snapshotOfConversation(
  db: Database,
  userId: string,
  id: string,
): Promise<Snapshot | null> {
  const number = await lastNumber(db, userId);
  const row = await db
    .selectFrom('conversations')
    .select(['id as conversationId', 'revision', 'merged_into as mergedInto', 'failure_code as code'])
    .select(['next_try_at_ms as nextTryAtMs', 'tries'])
    .select(
      sql<string>`CASE WHEN merged_into IS NOT NULL THEN 'merged'
        WHEN understood_revision >= revision THEN 'ready'
        WHEN failure IS NOT NULL AND next_try_at_ms IS NULL THEN 'failed' ELSE 'settling' END`.as('status'),
    )
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (row) {
    const expected = (await expectedOfConversations(db, userId, [id])).get(id) ?? null;
    return { number, data: { ...row, expected }, isOver: row.mergedInto !== null };
  }
  // Its words went to another conversation, and its own row is gone.
  const mergedInto = await livingConversationId(db, userId, id);
  if (mergedInto === null) return null;
  return { number, data: { conversationId: id, status: 'merged', mergedInto }, isOver: true };
}
