/** Reads what was said in recordings, beside the time at which each began. */
import type { Tx } from '../store/database.ts';

/** The caller says which of the segments. */
export function selectSaid(tx: Tx, recordingIds: readonly string[]) {
  return tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select([
      'segments.id',
      'segments.recording_id as recordingId',
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
      'segments.text',
      'segments.words',
      'recordings.started_at_ms as recordingStartedAtMs',
    ])
    .where(({ eb, fn, val }) => eb('segments.recording_id', '=', fn.any(val([...recordingIds]))))
    .where('segments.deleted_at_ms', 'is', null);
}
