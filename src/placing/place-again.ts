/** Places finished recordings whose words have changed by what was heard, or deleted, of their neighbours. */
import { reportAgain } from '../conversations/loss.ts';
import { noteRecording } from '../events/note.ts';
import { queueUp } from '../intake/enqueue.ts';
import { guessLengthMs } from '../intake/fair-queue.ts';
import { queuedColumns } from '../intake/redrive.ts';
import type { Tx } from '../store/database.ts';
import type { Recording, StoredPiece } from '../store/schema.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import { readEndsOf } from './ends.ts';
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
  if (await hasLostItsPieces(tx, recording, pieces)) {
    await hearAgain(tx, recording);
    return new Set();
  }
  const words = await wordsOf(tx, recording, pieces);
  const { elsewhere, recordings } = await replaceWords(tx, recording, words, pieces);
  await reportAgain(tx, [...new Set([...recordings, recording.id])]);
  return elsewhere;
}

/**
 * An earlier version deleted all pieces of a recording with one of its conversations. Its other words are on the timeline
 * only, and would go.
 */
async function hasLostItsPieces(
  tx: Tx,
  { id, started_at_ms: startMs, duration_ms: durationMs }: Recording,
  pieces: readonly StoredPiece[],
): Promise<boolean> {
  if (startMs === null || durationMs === null) return false;
  if (pieces.some(({ ordinal }) => ordinal < FIRST_BORDER_ORDINAL)) return false;
  const ends = await readEndsOf(tx, id);
  const segment = await tx
    .selectFrom('segments')
    .select('id')
    .where('recording_id', '=', id)
    .where('deleted_at_ms', 'is', null)
    .where('started_at_ms', '>=', startMs + (ends?.head?.reachMs ?? 0))
    .where('ended_at_ms', '<=', startMs + durationMs - (ends?.tail?.reachMs ?? 0))
    .limit(1)
    .executeTakeFirst();
  return segment !== undefined;
}

/**
 * Queues another attempt at a recording of which something was not heard by itself. What is stored is not asked for again.
 * A mark would skip what lies before it.
 */
export async function hearAgain(tx: Tx, recording: Recording): Promise<void> {
  const { id: recordingId, user_id: userId, lane, started_at_ms: startedAtMs } = recording;
  if (startedAtMs === null || recording.audio_removed_at_ms !== null) return;
  const attempt = recording.attempt + 1;
  const { numUpdatedRows } = await tx
    .updateTable('recordings')
    .set({ ...queuedColumns(), attempt, tries: 0, next_try_at_ms: null, mark: null })
    .where('id', '=', recordingId)
    .where('attempt', '=', recording.attempt)
    .executeTakeFirst();
  // It was queued already, for another of its ends.
  if (numUpdatedRows === 0n) return;
  noteRecording(tx, userId, recordingId);
  const lengthMs =
    recording.duration_ms ?? guessLengthMs(recording.size_bytes, recording.codec, recording.name);
  await queueUp(tx, userId, [{ recordingId, attempt, lane, startedAtMs, lengthMs }], Date.now());
}
