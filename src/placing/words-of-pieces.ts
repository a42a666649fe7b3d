/** Reads what was said in a recording from its stored pieces. Where a border was heard across, that counts. */
import { sql } from 'kysely';
import { readForgotten } from '../conversations/deleted-spans.ts';
import type { Tx } from '../store/database.ts';
import {
  DELETED_GUARD,
  type PieceSegment,
  type Recording,
  type Schema,
  type StoredPiece,
} from '../store/schema.ts';
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
  // Where the other recording has all that was heard across, nothing here could show what a person has corrected.
  const corrected = across.some(({ segments }) => segments.length === 0)
    ? await readCorrected(tx, recordingId)
    : [];
  const isCorrected = (piece: StoredPiece) =>
    piece.segments.some(({ startMs, endMs }) =>
      corrected.some(({ from_ms, to_ms }) => from_ms < endMs && (to_ms ?? from_ms) > startMs),
    );
  const isCovered = (piece: StoredPiece) =>
    piece.ordinal < FIRST_BORDER_ORDINAL &&
    across.some(
      ({ start_ms, end_ms, segments }) =>
        piece.start_ms >= start_ms - SAME_PLACE_MS &&
        piece.end_ms <= end_ms + SAME_PLACE_MS &&
        (segments.length > 0 || !isCorrected(piece)),
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

async function readCorrected(tx: Tx, recordingId: string) {
  const decisions = await tx
    .selectFrom('decisions')
    .select(['from_ms', 'to_ms', 'value'])
    .where('recording_id', '=', recordingId)
    .where('kind', '=', 'text')
    .execute();
  return decisions.filter(({ value }) => value !== null);
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

/**
 * Takes deleted words out of the pieces of recordings that have others. Must be called under the timeline's lock, when their
 * segments are gone. What was heard of the same sound but is not shown goes with them.
 */
export async function takeOutDeleted(tx: Tx, said: readonly DeletedSegment[]): Promise<void> {
  for (const [recordingId, deleted] of Map.groupBy(said, (one) => one.recording_id)) {
    const pieces = await tx
      .selectFrom('pieces')
      .innerJoin('recordings', 'recordings.id', 'pieces.recording_id')
      .selectAll('pieces')
      .select('recordings.started_at_ms as fileStartMs')
      .where('recording_id', '=', recordingId)
      .execute();
    for (const { fileStartMs, ...piece } of pieces) {
      const isShown = !piece.covered && !piece.unknown_language;
      const kept = piece.segments.filter((segment) => {
        const sharedMs = deleted.map((one) => sharedWith(one, segment, fileStartMs ?? 0));
        // What is not shown was cut otherwise than what is.
        return !sharedMs.some((ms) => ms > (isShown ? (segment.endMs - segment.startMs) / 2 : 0));
      });
      if (kept.length < piece.segments.length) await takeOut(tx, piece, kept);
    }
  }
}

export type DeletedSegment = Pick<Schema['segments'], 'recording_id' | 'started_at_ms' | 'ended_at_ms'>;

function sharedWith(
  { started_at_ms, ended_at_ms }: DeletedSegment,
  { startMs, endMs }: Pick<PieceSegment, 'startMs' | 'endMs'>,
  fileStartMs: number,
): number {
  return Math.min(endMs, ended_at_ms - fileStartMs) - Math.max(startMs, started_at_ms - fileStartMs);
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
