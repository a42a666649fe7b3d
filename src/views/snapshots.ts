/** How things are now, for readers of the log who cannot be told what they missed. Ids, states and numbers, no words. */
import { sql } from 'kysely';
import { livingConversationId } from '../conversations/living-id.ts';
import { lastNumber } from '../events/read.ts';
import type { Database } from '../store/database.ts';

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
    .select(['id', 'outcome', 'code', 'next_try_at_ms as nextTryAtMs', 'heard_ms as heardMs', 'lane'])
    .where('user_id', '=', userId)
    .where('finished_at_ms', 'is', null)
    .orderBy('accepted_at_ms', 'desc')
    .limit(MOST)
    .execute();
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'failure_code as code', 'next_try_at_ms as nextTryAtMs'])
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .whereRef('understood_revision', '<', 'revision')
    .orderBy('started_at_ms', 'desc')
    .limit(MOST)
    .execute();
  return { number, data: { underWay: { recordings, conversations } }, isOver: false };
}

/** @returns null if the person has no such upload */
export async function snapshotOfUpload(db: Database, userId: string, id: string): Promise<Snapshot | null> {
  const number = await lastNumber(db, userId);
  const end = await endOfUpload(db, userId, id);
  if (end === undefined) return null;
  const files = await db
    .selectFrom('upload_files')
    .innerJoin('recordings', 'recordings.id', 'upload_files.recording_id')
    .select([
      'recordings.id as recordingId',
      'outcome',
      'recordings.code',
      'next_try_at_ms as nextTryAtMs',
      'heard_ms as heardMs',
      'duration_ms as durationMs',
      'lane',
    ])
    .where('upload_id', '=', id)
    .where('recordings.user_id', '=', userId)
    .orderBy('position')
    .execute();
  return {
    number,
    data: { uploadId: id, status: end === null ? 'processing' : 'done', files },
    isOver: end !== null,
  };
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
  if (row) return { number, data: row, isOver: row.mergedInto !== null };
  // Its words went to another conversation, and its own row is gone.
  const mergedInto = await livingConversationId(db, userId, id);
  if (mergedInto === null) return null;
  return { number, data: { conversationId: id, status: 'merged', mergedInto }, isOver: true };
}
