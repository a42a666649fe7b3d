import { lockTimeline } from '../conversations/lock.ts';
import { AfterwordError } from '../errors.ts';
import { freeBlob } from '../store/blobs/references.ts';
import { notifyChange } from '../store/changes.ts';
import { inTransaction } from '../store/transaction.ts';
import { buryRecording, type RemovalParts } from './remove-recording.ts';

/**
 * Stops what an upload has not finished, and removes it. What is finished stays, and so does what another upload
 * sent as well: it is not this one's alone.
 * @returns the ids of the recordings that were removed
 * @throws AfterwordError `not_found`
 */
export async function cancelUpload(parts: RemovalParts, userId: string, uploadId: string): Promise<string[]> {
  const removed = await inTransaction(parts.db, async (tx) => {
    const upload = await tx
      .selectFrom('uploads')
      .select('id')
      .where('id', '=', uploadId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (!upload) throw new AfterwordError('not_found');
    await lockTimeline(tx, userId);
    const unfinished = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('finished_at_ms', 'is', null)
      .where('id', 'in', (query) =>
        query.selectFrom('upload_files').select('recording_id').where('upload_id', '=', uploadId),
      )
      .where('id', 'not in', (query) =>
        query.selectFrom('upload_files').select('recording_id').where('upload_id', '<>', uploadId),
      )
      .execute();
    for (const recording of unfinished) await buryRecording(tx, recording, parts.quietMs);
    await notifyChange(tx, userId);
    return unfinished;
  });
  for (const { sha256 } of removed) await freeBlob(parts.db, parts.blobs, sha256);
  return removed.map(({ id }) => id);
}
