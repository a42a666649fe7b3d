/**
 * Finds uploads that are done and were never told to be. A process of an older version has finished their last file, or
 * their last words went with somebody else's deletion.
 */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';

export async function untoldUploads(db: Reader, most: number): Promise<{ id: string; userId: string }[]> {
  return await db
    .selectFrom('uploads')
    .select(['id', 'user_id as userId'])
    .where(
      sql<boolean>`NOT EXISTS (SELECT FROM upload_ends WHERE upload_id = uploads.id)
        AND EXISTS (SELECT FROM upload_files WHERE upload_id = uploads.id)
        AND NOT EXISTS (
              SELECT FROM upload_files f JOIN recordings r ON r.id = f.recording_id
               WHERE f.upload_id = uploads.id AND r.outcome IN ('waiting', 'processing'))
        AND NOT EXISTS (
              SELECT FROM upload_files f
                JOIN segments s ON s.recording_id = f.recording_id
                JOIN conversations c ON c.id = s.conversation_id
               WHERE f.upload_id = uploads.id AND c.understood_revision < s.revision AND c.failure IS NULL)`,
    )
    .limit(most)
    .execute();
}
