/**
 * Deletes recordings that are older than their person wants audio and words to be kept. The age counts from when a
 * recording was made or, if that is later, from when it arrived: whoever sends an old backlog has as long to read it as
 * with recordings of today.
 */
import { sql } from 'kysely';
import { lockTimeline, ownRecording } from '../conversations/lock.ts';
import { releaseContents } from '../store/blobs/references.ts';
import type { Reader, Tx } from '../store/database.ts';
import { leaveTombstone } from './remove-recording.ts';

const DAY_MS = 86_400_000;

export interface Expired {
  userId: string;
  recordingId: string;
}

/** Only finished recordings: what was accepted is worked on first, however old it is. */
function expired(db: Reader, nowMs: number) {
  return db
    .selectFrom('person_settings')
    .innerJoin('recordings', 'recordings.user_id', 'person_settings.user_id')
    .where('person_settings.retention_days', 'is not', null)
    .where('recordings.outcome', '<>', 'deleted')
    .where('recordings.finished_at_ms', 'is not', null)
    .where(
      sql<boolean>`greatest(recordings.started_at_ms, recordings.accepted_at_ms) < ${nowMs} - person_settings.retention_days * ${DAY_MS}::bigint`,
    );
}

export async function findExpired(db: Reader, nowMs: number, most: number): Promise<Expired[]> {
  return await expired(db, nowMs)
    .select(['recordings.user_id as userId', 'recordings.id as recordingId'])
    .orderBy('recordings.user_id')
    .orderBy('recordings.id')
    .limit(most)
    .execute();
}

/**
 * Must be called in a transaction of its own. Its audio is listed, and freed by whoever frees what is listed.
 * @returns false if it is to be kept by now, or is gone
 */
export async function removeExpired(
  tx: Tx,
  { userId, recordingId }: Expired,
  { nowMs, quietMs }: { nowMs: number; quietMs: number },
): Promise<boolean> {
  await lockTimeline(tx, userId);
  const recording = await ownRecording(tx, userId, recordingId)
    .where('id', 'in', expired(tx, nowMs).select('recordings.id').where('recordings.id', '=', recordingId))
    .executeTakeFirst();
  if (!recording) return false;
  await leaveTombstone(tx, recording, quietMs);
  await releaseContents(tx, [recording.sha256], Date.now());
  return true;
}
