/** Reads what was said in a recording from its stored pieces. Where a border was heard across, that counts. */
import { sql } from 'kysely';
import { readForgotten } from '../conversations/deleted-spans.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type PieceSegment, type Recording, type StoredPiece } from '../store/schema.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import { isForgotten } from '../timeline/forgotten.ts';
import type { Words } from './replace-words.ts';

/** The same sound gives the same cuts, and times are rounded to milliseconds. */
const SAME_PLACE_MS = 5;

/** Must be called under the timeline's lock. @returns the pieces whose words are shown */
export async function readPieces(tx: Tx, recordingId: string): Promise<StoredPiece[]> {
  const pieces = await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', recordingId)
    .orderBy('ordinal')
    .execute();
  const across = pieces.filter(({ ordinal }) => ordinal >= FIRST_BORDER_ORDINAL);
  const isCovered = (piece: StoredPiece) =>
    piece.ordinal < FIRST_BORDER_ORDINAL &&
    across.some(
      ({ start_ms, end_ms }) =>
        piece.start_ms >= start_ms - SAME_PLACE_MS && piece.end_ms <= end_ms + SAME_PLACE_MS,
    );
  const changed = pieces.filter((piece) => piece.covered !== isCovered(piece));
  if (changed.length > 0) {
    await tx
      .updateTable('pieces')
      .set({ covered: sql<boolean>`NOT covered` })
      .where('recording_id', '=', recordingId)
      .where(({ eb, fn, val }) => eb('ordinal', '=', fn.any(val(changed.map(({ ordinal }) => ordinal)))))
      .execute();
  }
  return pieces.filter((piece) => !isCovered(piece));
}

/** Returns the transcribed words without those deleted before, and removes the deleted ones from the pieces too. */
export async function wordsOf(
  tx: Tx,
  recording: Recording,
  pieces: readonly StoredPiece[],
): Promise<Words[]> {
  const forgotten = await readForgotten(tx, recording);
  const fileStartMs = recording.started_at_ms ?? 0;
  const words: Words[] = [];
  for (const piece of pieces) {
    const kept = piece.segments.filter(
      ({ startMs, endMs }) => !isForgotten({ fromMs: startMs, toMs: endMs }, forgotten),
    );
    if (kept.length < piece.segments.length) await takeOut(tx, piece, kept);
    for (const segment of kept) {
      words.push({
        pieceStartMs: piece.start_ms,
        started_at_ms: fileStartMs + segment.startMs,
        ended_at_ms: fileStartMs + segment.endMs,
        text: segment.text,
        speaker: segment.speaker,
        words: wordsFrom(segment, fileStartMs),
        language: piece.language,
        provider: piece.provider,
        model: piece.model,
      });
    }
  }
  return words;
}

async function takeOut(tx: Tx, piece: StoredPiece, kept: PieceSegment[]): Promise<void> {
  await tx
    .updateTable('pieces')
    .set({ segments: JSON.stringify(kept), guards: JSON.stringify([...piece.guards, DELETED_GUARD]) })
    .where('recording_id', '=', piece.recording_id)
    .where('ordinal', '=', piece.ordinal)
    .execute();
}

/** Converts times within the file into absolute times. */
function wordsFrom({ words }: PieceSegment, fileStartMs: number): string | null {
  if (words === undefined) return null;
  return JSON.stringify(
    words.map(({ startMs, endMs, text }) => ({
      startMs: fileStartMs + startMs,
      endMs: fileStartMs + endMs,
      text,
    })),
  );
}
