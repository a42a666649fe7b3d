/**
 * Removes the audio of recordings whose person keeps the words longer than the sound. The time counts from when the words
 * came, or from when the person asked for the audio again.
 */
import { sql } from 'kysely';
import { lockTimeline, ownRecording } from '../conversations/lock.ts';
import { noteRecording } from '../events/note.ts';
import { AUDIO_KEPT_UNTIL } from '../preferences/audio-kept.ts';
import { releaseContents } from '../store/blobs/references.ts';
import type { Reader, Tx } from '../store/database.ts';
import type { Expired } from './expired.ts';

/** Only of what was heard: whatever failed or was refused may need its audio to be heard at last. */
function silenced(db: Reader, nowMs: number) {
  return (
    db
      .selectFrom('person_settings')
      .innerJoin('recordings', 'recordings.user_id', 'person_settings.user_id')
      .where('person_settings.audio_retention_days', 'is not', null)
      .where('recordings.outcome', 'in', ['completed', 'silent'])
      .where('recordings.audio_removed_at_ms', 'is', null)
      // What touches its ends may be heard in the work of its neighbour only, and that needs the audio of both.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('borders')
              .select('borders.left_id')
              .where(({ eb, or, ref }) =>
                or([
                  eb('borders.left_id', '=', ref('recordings.id')),
                  eb('borders.right_id', '=', ref('recordings.id')),
                ]),
              )
              .where('borders.state', 'in', ['expected', 'asked']),
          ),
        ),
      )
      .where(sql<boolean>`${AUDIO_KEPT_UNTIL} < ${nowMs}`)
  );
}

export async function findSilenced(db: Reader, nowMs: number, most: number): Promise<Expired[]> {
  return await silenced(db, nowMs)
    .select(['recordings.user_id as userId', 'recordings.id as recordingId'])
    .orderBy('recordings.user_id')
    .orderBy('recordings.id')
    .limit(most)
    .execute();
}

/**
 * Must be called in a transaction of its own. The audio is listed, and freed by whoever frees what is listed.
 * @returns false if it is to be kept by now, or is gone
 */
export async function removeAudio(
  tx: Tx,
  { userId, recordingId }: Expired,
  { nowMs }: { nowMs: number },
): Promise<boolean> {
  await lockTimeline(tx, userId);
  const recording = await ownRecording(tx, userId, recordingId)
    .where('id', 'in', silenced(tx, nowMs).select('recordings.id').where('recordings.id', '=', recordingId))
    .executeTakeFirst();
  if (!recording) return false;
  await tx
    .updateTable('recordings')
    .set({ audio_removed_at_ms: nowMs, mark: null })
    .where('id', '=', recordingId)
    .execute();
  noteRecording(tx, userId, recordingId);
  await releaseContents(tx, [recording.sha256], nowMs);
  return true;
}
