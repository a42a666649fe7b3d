/**
 * Stores as rows what was deleted of recordings that still exist; `timeline/forgotten.ts` says what these rows mean.
 */
import { sql } from 'kysely';
import type { Reader, Tx } from '../store/database.ts';
import type { Recording, Schema } from '../store/schema.ts';
import type { Forgotten, TimeRange } from '../timeline/forgotten.ts';

/** A recording that begins earlier than this cannot reach the given time, since no file covers more than a day. */
const LONGEST_RECORDING_MS = 86_400_000;

/**
 * The microphone of an imported file is unknown. Without this exception, imports with the same date would drop each
 * other's words once one of them is deleted.
 */
export const UNKNOWN_MICROPHONE = 'unknown';

/**
 * Lists what counts as deleted for a recording, in its own time. A recording that its person restored ignores what was
 * deleted before that.
 */
export async function readForgotten(
  db: Reader,
  recording: Pick<Recording, 'id' | 'user_id' | 'microphone' | 'started_at_ms' | 'restored_at_ms'>,
): Promise<Forgotten> {
  const startedAtMs = recording.started_at_ms ?? 0;
  const rows = await db
    .selectFrom('deleted_spans')
    .leftJoin('recordings', 'recordings.id', 'deleted_spans.recording_id')
    .select(({ fn }) => [
      'deleted_spans.recording_id as recordingId',
      'deleted_spans.from_ms as fromMs',
      'deleted_spans.to_ms as toMs',
      // A recording whose time was corrected has moved; a tombstone has no time.
      fn.coalesce('recordings.started_at_ms', 'deleted_spans.started_at_ms').as('startedAtMs'),
    ])
    .where(({ eb, and, or }) =>
      or([
        eb('deleted_spans.recording_id', '=', recording.id),
        and([
          eb('deleted_spans.user_id', '=', recording.user_id),
          eb('deleted_spans.microphone', '=', recording.microphone),
          eb('deleted_spans.microphone', '!=', UNKNOWN_MICROPHONE),
          eb('deleted_spans.started_at_ms', '>', startedAtMs - LONGEST_RECORDING_MS),
          eb('deleted_spans.started_at_ms', '<', startedAtMs + LONGEST_RECORDING_MS),
        ]),
      ]),
    )
    .where('deleted_spans.deleted_at_ms', '>', recording.restored_at_ms ?? 0)
    .execute();
  const isOwn = ({ recordingId }: { recordingId: string }) => recordingId === recording.id;
  const own = rows.filter(isOwn).map(({ fromMs, toMs }) => ({ fromMs, toMs }));
  return {
    own,
    // Of hardly any recording a part was deleted.
    kept: own.length === 0 ? [] : await readKept(db, recording.id, startedAtMs),
    others: rows
      .filter((row) => !isOwn(row))
      .map((row) => {
        const offsetMs = row.startedAtMs - startedAtMs;
        return { fromMs: row.fromMs + offsetMs, toMs: row.toMs + offsetMs };
      }),
  };
}

async function readKept(db: Reader, recordingId: string, startedAtMs: number): Promise<TimeRange[]> {
  return (await readShown(db, recordingId)).map(({ started_at_ms, ended_at_ms }) => ({
    fromMs: started_at_ms - startedAtMs,
    toMs: ended_at_ms - startedAtMs,
  }));
}

/** The segments of a recording that a conversation shows. */
export async function readShown(
  db: Reader,
  recordingId: string,
): Promise<Pick<Schema['segments'], 'recording_id' | 'started_at_ms' | 'ended_at_ms'>[]> {
  return await db
    .selectFrom('segments')
    .select(['recording_id', 'started_at_ms', 'ended_at_ms'])
    .where('recording_id', '=', recordingId)
    .where('conversation_id', 'is not', null)
    .where('deleted_at_ms', 'is', null)
    .execute();
}

/**
 * Deletes segments and stores when they were said: for each recording from the first to the last one of those between which
 * no word is kept. A conversation that a person has merged may lie on both sides of another one.
 */
export async function forgetSegments(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    INSERT INTO deleted_spans (recording_id, from_ms, to_ms, user_id, microphone, started_at_ms, deleted_at_ms)
      SELECT r.id, min(s.started_at_ms) - coalesce(r.started_at_ms, 0), max(s.ended_at_ms) - coalesce(r.started_at_ms, 0),
             r.user_id, r.microphone, coalesce(r.started_at_ms, 0), ${Date.now()}
        FROM segments s JOIN recordings r ON r.id = s.recording_id
       WHERE s.id = ANY(${ids})
       GROUP BY r.id, (
         SELECT count(*) FROM segments kept
          WHERE kept.recording_id = r.id AND kept.conversation_id IS NOT NULL AND kept.deleted_at_ms IS NULL
            AND NOT kept.id = ANY(${ids}) AND kept.started_at_ms < s.started_at_ms)
      ON CONFLICT (recording_id, from_ms) DO UPDATE
        SET to_ms = greatest(deleted_spans.to_ms, excluded.to_ms), deleted_at_ms = excluded.deleted_at_ms`.execute(
    tx,
  );
  await tx.deleteFrom('segments').where('id', 'in', ids).execute();
}
