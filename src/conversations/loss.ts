/** Decides the outcome of a transcribed recording from its pieces, so that everything that is missing is reported. */

import { ERRORS, type ErrorCode } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type Recording, type StoredPiece } from '../store/schema.ts';
import { gapsOf, lengthOf } from '../timeline/without-words.ts';

export interface HeardEnding {
  outcome: 'completed' | 'silent';
  code: ErrorCode | null;
  reason?: string;
}

const PIECE_COLUMNS = [
  'start_ms',
  'end_ms',
  'segments',
  'guards',
  'unintelligible',
  'unknown_language',
  'pauses',
] as const;

type Piece = Pick<StoredPiece, (typeof PIECE_COLUMNS)[number]>;

/** What the recording lacks, most important first. Its pieces are read unless the caller knows them. */
export async function endingOf(
  tx: Tx,
  recording: Pick<Recording, 'id' | 'decode_report'>,
  heard?: readonly Piece[],
): Promise<HeardEnding> {
  const pieces = heard ?? (await piecesOf(tx, recording.id));
  const unknown = pieces.filter((piece) => piece.unknown_language);
  const known = pieces.filter((piece) => !piece.unknown_language);
  const unknownMs = unknown.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0);
  const outcome = known.some(({ segments }) => segments.length > 0) ? 'completed' : 'silent';
  const isDeleted = pieces.some(({ guards }) => guards.includes(DELETED_GUARD));
  if (isDeleted) {
    // No other field reports this, and it can hide words that nobody meant to delete, said at the same time elsewhere.
    const part = { reason: 'Part of what it says was deleted with a conversation' };
    return { outcome, code: 'conversation_deleted', ...(outcome === 'completed' ? part : {}) };
  }
  if (unknownMs > 0) return { outcome, ...told('unknown_language', unknownMs) };
  if (outcome === 'silent' && pieces.length > 0) return { outcome, code: 'unintelligible' };
  const withoutWordsMs = known.reduce((sum, piece) => sum + lengthOf(gapsOf(piece)), 0);
  if (withoutWordsMs > 0) return { outcome, ...told('partly_unintelligible', withoutWordsMs) };
  const report = recording.decode_report;
  if (report === null || (report.damage === null && report.bytesLost === 0)) return { outcome, code: null };
  const lostMs = report.lostMs ?? 0;
  const { title } = ERRORS.damaged;
  const reason = lostMs > 0 ? `${title}: ${inSeconds(lostMs)} are missing` : title;
  return { outcome, code: 'damaged', reason };
}

async function piecesOf(tx: Tx, recordingId: string): Promise<Piece[]> {
  return await tx
    .selectFrom('pieces')
    .select(PIECE_COLUMNS)
    .where('recording_id', '=', recordingId)
    .where('covered', '=', false)
    .execute();
}

/** Updates finished recordings whose pieces now count as another language. */
export async function reportAgain(tx: Tx, recordingIds: readonly string[]): Promise<void> {
  for (const id of recordingIds) {
    const recording = await tx
      .selectFrom('recordings')
      .select(['id', 'user_id', 'decode_report'])
      .where('id', '=', id)
      .where('finished_at_ms', 'is not', null)
      .where('outcome', 'in', ['completed', 'silent'])
      .executeTakeFirst();
    if (!recording) continue;
    const { outcome, code, reason } = await endingOf(tx, recording);
    await tx
      .updateTable('recordings')
      .set({ outcome, code, reason: reason ?? (code ? ERRORS[code].title : null) })
      .where('id', '=', id)
      .execute();
    noteRecording(tx, recording.user_id, id, 'updated');
  }
}

function told(code: ErrorCode, ms: number): { code: ErrorCode; reason: string } {
  return { code, reason: `${ERRORS[code].title}: ${inSeconds(ms)}` };
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
