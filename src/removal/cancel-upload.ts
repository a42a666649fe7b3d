import { lockTimeline } from '../conversations/lock.ts';
import { AfterwordError } from '../errors.ts';
import { notifyChange } from '../store/changes.ts';
import { deleteInTransaction, type RemovalParts } from './deletion.ts';
import { buryRecording } from './remove-recording.ts';

/**
 * Stops what an upload has not finished, and removes it. What is finished stays, and so does what another upload
 * sent as well: it is not this one's alone.
 * @returns the ids of the recordings that were removed
 * @throws AfterwordError `not_found`
 */
export async function cancelUpload(parts: RemovalParts, userId: string, uploadId: string): Promise<string[]> {
  return await deleteInTransaction(parts, async (tx) => {
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
      // As an upload locks them.
      .orderBy('sha256')
      .execute();
    for (const recording of unfinished) await buryRecording(tx, recording, parts.quietMs);
    await notifyChange(tx, userId);
    return {
      contents: unfinished.map(({ sha256 }) => sha256),
      result: unfinished.map(({ id }) => id),
    };
  });
}
