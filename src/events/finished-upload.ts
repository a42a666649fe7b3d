/** Says when an upload is finished. The same rule as that of `readUpload` in the views, for a statement over many. */
import { type RawBuilder, sql } from 'kysely';

/** @param uploadId a column; the indexes of `upload_files` and `segments` find what belongs to it */
export function isFinished(uploadId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(
    NOT EXISTS (
      SELECT FROM upload_files f JOIN recordings r ON r.id = f.recording_id
       WHERE f.upload_id = ${uploadId} AND r.outcome IN ('waiting', 'processing'))
    AND NOT EXISTS (
      SELECT FROM upload_files f
        JOIN segments s ON s.recording_id = f.recording_id
        JOIN conversations c ON c.id = s.conversation_id
       WHERE f.upload_id = ${uploadId} AND c.understood_revision < s.revision AND c.failure IS NULL))`;
}
