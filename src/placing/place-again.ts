/** Places finished recordings whose words have changed by what was heard, or deleted, of their neighbours. */
import { reportAgain } from '../conversations/loss.ts';
import { noteRecording } from '../events/note.ts';
import { queueUp } from '../intake/enqueue.ts';
import { guessLengthMs } from '../intake/fair-queue.ts';
import { queuedColumns } from '../intake/redrive.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { replaceWords } from './replace-words.ts';
import { readPieces, wordsOf } from './words-of-pieces.ts';

/** @returns null once it is deleted: nothing is written about it any more */
export async function recordingThatIsKept(tx: Tx, recordingId: string): Promise<Recording | null> {
  const recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', '=', recordingId)
    .where('outcome', '<>', 'deleted')
    .executeTakeFirst();
  return recording ?? null;
}

/**
 * Must be called under the timeline's lock. A second call changes nothing.
 * @returns the person's other devices whose conversations changed
 */
export async function placeAgain(tx: Tx, recording: Recording): Promise<Set<string>> {
  const pieces = await readPieces(tx, recording.id);
  const words = await wordsOf(tx, recording, pieces);
  const { elsewhere, recordings } = await replaceWords(tx, recording, words, pieces);
  await reportAgain(tx, [...new Set([...recordings, recording.id])]);
  return elsewhere;
}

/**
 * Queues another attempt at a recording of which something was not heard by itself. What is stored is not asked for again.
 * A mark would skip what lies before it.
 */
export async function hearAgain(tx: Tx, recording: Recording): Promise<void> {
  const { id: recordingId, user_id: userId, lane, started_at_ms: startedAtMs } = recording;
  if (startedAtMs === null) return;
  const attempt = recording.attempt + 1;
  await tx
    .updateTable('recordings')
    .set({ ...queuedColumns(), attempt, tries: 0, next_try_at_ms: null, mark: null })
    .where('id', '=', recordingId)
    .execute();
  noteRecording(tx, userId, recordingId);
  const lengthMs =
    recording.duration_ms ?? guessLengthMs(recording.size_bytes, recording.codec, recording.name);
  await queueUp(tx, userId, [{ recordingId, attempt, lane, startedAtMs, lengthMs }], Date.now());
}
