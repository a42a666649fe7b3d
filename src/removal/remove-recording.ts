/**
 * Deletes recordings. The row of a recording stays as a tombstone with the content's hash and nothing else, so that a phone
 * that sends its backlog again does not bring back what its person deleted.
 */

import { moveDecisions } from '../conversations/anchors.ts';
import { lockTimeline, ownRecording } from '../conversations/lock.ts';
import { reportAgain } from '../conversations/loss.ts';
import { rebuildTimeline } from '../conversations/rebuild.ts';
import { releaseRepetitions } from '../conversations/repetitions.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import { renewUnknownLanguage, spokenSpanOf } from '../conversations/unknown-language.ts';
import { AfterwordError } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import { ingestId } from '../intake/enqueue.ts';
import { dropBordersOf } from '../placing/borders.ts';
import { renewBordersBeside } from '../placing/moved-borders.ts';
import { forgetVoices } from '../speakers/voices.ts';
import type { Tx } from '../store/database.ts';
import { forgetWorkOf } from '../store/forgotten-work.ts';
import type { Recording } from '../store/schema.ts';
import { deleteInTransaction, type RemovalParts } from './deletion.ts';

/** @throws AfterwordError `not_found` */
export async function removeRecording(parts: RemovalParts, userId: string, id: string): Promise<void> {
  await deleteInTransaction(parts, async (tx) => {
    const user = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
    if (!user) throw new AfterwordError('not_found');
    await lockTimeline(tx, userId);
    const recording = await ownRecording(tx, userId, id).executeTakeFirst();
    if (!recording) throw new AfterwordError('not_found');
    if (recording.outcome !== 'deleted') await leaveTombstone(tx, recording, parts.quietMs);
    return { contents: [recording.sha256], result: undefined };
  });
}

/**
 * Turns a recording into a tombstone. Call it under the timeline's lock. Running work notices at its next step that its attempt
 * is no longer wanted, and drops its results.
 */
export async function leaveTombstone(tx: Tx, recording: Recording, quietMs: number): Promise<void> {
  const owner = { userId: recording.user_id, deviceId: recording.device_id };
  const span = await spanOfSegments(tx, recording.id);
  const conversations = await conversationsWith(tx, recording.id);
  await moveDecisions(tx, recording);
  const { elsewhere, left } = await dropBordersOf(tx, recording.id);
  const released = await releaseRepetitions(tx, recording.id);
  const measured = await spokenSpanOf(tx, recording);
  // A trigger of the table empties all other columns of the row (migration 0013), whoever writes it.
  await tx
    .updateTable('recordings')
    .set({
      outcome: 'deleted',
      code: 'deleted',
      finished_at_ms: Date.now(),
      attempt: recording.attempt + 1,
    })
    .where('id', '=', recording.id)
    .execute();
  noteRecording(tx, recording.user_id, recording.id);
  await tx
    .updateTable('upload_files')
    .set({ name: '', code: null, reason: null })
    .where('recording_id', '=', recording.id)
    .execute();
  for (const table of ['segments', 'pieces', 'provider_calls'] as const) {
    await tx.deleteFrom(table).where('recording_id', '=', recording.id).execute();
  }
  const attempts = Array.from({ length: recording.attempt }, (_, before) => before + 1);
  await forgetWorkOf(
    tx,
    attempts.map((attempt) => ingestId(recording.id, attempt)),
  );
  await forgetVoices(tx, recording.user_id, [recording.id]);
  if (span) await rebuildTimeline(tx, owner, span, { lost: conversations });
  // The deleted recording no longer helps to judge the language of its neighbours, so they are judged anew.
  const { touched, recordings } = await renewUnknownLanguage(tx, recording, measured);
  await reportAgain(tx, recordings);
  // Words of other recordings that were hidden as repetitions of this one are shown there from now on.
  for (const { deviceId, ...seen } of [...released, ...touched])
    await rebuildTimeline(tx, { userId: recording.user_id, deviceId }, seen);
  await renewBordersBeside(tx, left);
  await enqueueSettled(tx, recording, new Set([owner.deviceId, ...elsewhere]), quietMs);
}

async function conversationsWith(tx: Tx, recordingId: string): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('segments')
    .select('conversation_id')
    .distinct()
    .where('recording_id', '=', recordingId)
    .execute();
  return new Set(rows.flatMap(({ conversation_id }) => conversation_id ?? []));
}

async function spanOfSegments(tx: Tx, recordingId: string): Promise<{ fromMs: number; toMs: number } | null> {
  const span = await tx
    .selectFrom('segments')
    .select(({ fn }) => [fn.min('started_at_ms').as('fromMs'), fn.max('ended_at_ms').as('toMs')])
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return span?.fromMs == null || span.toMs == null
    ? null
    : { fromMs: Number(span.fromMs), toMs: Number(span.toMs) };
}

/**
 * Stops and removes the unfinished recordings of an upload. Finished ones stay, and so do those that another upload sent as
 * well.
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
      // Uploads lock in the same order, so that neither can deadlock the other.
      .orderBy('sha256')
      .execute();
    for (const recording of unfinished) await leaveTombstone(tx, recording, parts.quietMs);
    return {
      contents: unfinished.map(({ sha256 }) => sha256),
      result: unfinished.map(({ id }) => id),
    };
  });
}
