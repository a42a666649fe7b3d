import { forgetDecisionsAbout } from '../conversations/anchors.ts';
import { forgetSegments } from '../conversations/deleted-spans.ts';
import { hiddenCopies } from '../conversations/hidden-copies.ts';
import { lockTimeline } from '../conversations/lock.ts';
import { rebuildTimeline } from '../conversations/rebuild.ts';
import { AfterwordError } from '../errors.ts';
import { noteConversation } from '../events/note.ts';
import { dropBordersOfDeleted } from '../placing/borders-of-deleted.ts';
import { takeOutDeleted } from '../placing/words-of-pieces.ts';
import { forgetVoices } from '../speakers/voices.ts';
import type { Tx } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { deleteInTransaction, type RemovalParts } from './deletion.ts';
import { leaveTombstone } from './remove-recording.ts';

/**
 * Deletes a conversation with its words. A recording without any other words is deleted too, with its audio. One that other
 * conversations need stays, and the deleted words do not come back when it is transcribed again.
 * @throws AfterwordError `not_found`
 */
export async function removeConversation(parts: RemovalParts, userId: string, id: string): Promise<void> {
  await deleteInTransaction(parts, async (tx) => {
    const owned = await tx
      .selectFrom('conversations')
      .select('user_id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (owned?.user_id !== userId) throw new AfterwordError('not_found');
    await lockTimeline(tx, userId);
    const conversation = await tx
      .selectFrom('conversations')
      .selectAll()
      .where('id', '=', id)
      .where('merged_into', 'is', null)
      .executeTakeFirst();
    if (!conversation) throw new AfterwordError('not_found');
    await forgetDecisionsAbout(tx, userId, id);
    const recordingIds = await forgetWords(tx, conversation, parts.quietMs);
    // Its words are meant to be gone, also if some of them went to another conversation before.
    await tx.deleteFrom('former_words').where('conversation_id', '=', id).execute();
    noteConversation(tx, userId, id, 'state', recordingIds);
    await forgetVoices(tx, userId, recordingIds);
    const span = { fromMs: conversation.started_at_ms, toMs: conversation.ended_at_ms };
    await rebuildTimeline(tx, { userId, deviceId: conversation.device_id }, span);
    const emptied = await withoutWords(tx, recordingIds);
    for (const recording of emptied) await leaveTombstone(tx, recording, parts.quietMs);
    return { contents: emptied.map(({ sha256 }) => sha256), result: undefined };
  });
}

/**
 * The words go, and when they were said stays, so that hearing a recording again does not bring them back. The
 * repetitions that were hidden behind them go too, or they would step into the light as a new conversation.
 * @returns the recordings that they were part of
 */
async function forgetWords(tx: Tx, conversation: Conversation, quietMs: number): Promise<string[]> {
  const segments = await tx
    .selectFrom('segments')
    .select(['id', 'recording_id', 'started_at_ms', 'ended_at_ms'])
    .where('deleted_at_ms', 'is', null)
    .where(({ eb, or }) =>
      or([
        eb('conversation_id', '=', conversation.id),
        // A repetition's clock may differ, so its words count at the time that the other recording gives them.
        eb(
          'segments.id',
          'in',
          hiddenCopies(tx).select('copy.id').where('said.conversation_id', '=', conversation.id),
        ),
      ]),
    )
    .execute();
  const recordingIds = [...new Set(segments.map(({ recording_id }) => recording_id))];
  if (recordingIds.length === 0) return [];
  // A piece that is being stored holds its recording's row, so it either finds the spans or loses its deleted words below.
  await tx
    .selectFrom('recordings')
    .select('id')
    .where('id', 'in', recordingIds)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  await forgetSegments(
    tx,
    segments.map(({ id }) => id),
  );
  // The other words stay stored: whenever the recording is placed again, its words are those of its pieces.
  await takeOutDeleted(tx, segments);
  await dropBordersOfDeleted(tx, segments, quietMs);
  return recordingIds;
}

async function withoutWords(tx: Tx, recordingIds: string[]) {
  if (recordingIds.length === 0) return [];
  return await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', 'in', recordingIds)
    .where('finished_at_ms', 'is not', null)
    // Uploads lock in the same order, so that neither can deadlock the other.
    .orderBy('sha256')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('segments')
            .select('segments.id')
            .whereRef('segments.recording_id', '=', 'recordings.id')
            .where('segments.deleted_at_ms', 'is', null),
        ),
      ),
    )
    .execute();
}
