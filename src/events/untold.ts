/**
 * Finds uploads that are done and were never told to be. A process of an older version has finished their last file, or
 * their last words went with somebody else's deletion.
 */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { isFinished } from './finished-upload.ts';

export async function untoldUploads(db: Reader, most: number): Promise<{ id: string; userId: string }[]> {
  return await db
    .selectFrom('uploads')
    .select(['id', 'user_id as userId'])
    .where(
      sql<boolean>`NOT EXISTS (SELECT FROM upload_ends WHERE upload_id = uploads.id)
        AND EXISTS (SELECT FROM upload_files WHERE upload_id = uploads.id)
        AND ${isFinished(sql.ref('uploads.id'))}`,
    )
    .limit(most)
    .execute();
}
