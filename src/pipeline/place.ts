/**
 * Places a recording's words on its person's timeline: one transaction under one lock per person, and doing it twice
 * changes nothing.
 */
import { readForgotten } from '../conversations/deleted-spans.ts';
import { understandWhatIsQuiet } from '../conversations/quiet.ts';
import { upgradeTimeline } from '../conversations/timeline-rule.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type PieceSegment, type Recording, type StoredPiece } from '../store/schema.ts';
import { isForgotten } from '../timeline/forgotten.ts';
import { gapsOf, lengthOf } from '../timeline/without-words.ts';
import { endAttempt, finishRecording } from './finish.ts';
import { replaceWords, type Words } from './replace-words.ts';
import type { Stages } from './stages.ts';

export async function place(stages: Stages, recordingId: string, attempt: number): Promise<void> {
  const startedAt = performance.now();
  await endAttempt(stages, recordingId, attempt, async (tx, recording) => {
    const { words, pieces, deleted, withoutWordsMs } = await readWords(tx, recording);
    await upgradeTimeline(tx, recording.user_id);
    const elsewhere = await replaceWords(tx, recording, words);
    const isSilent = words.length === 0;
    const ended = await finishRecording(tx, recording, {
      outcome: isSilent ? 'silent' : 'completed',
      ...lossOf(recording, { words, pieces, deleted, withoutWordsMs }),
      timings: { placeMs: Math.round(performance.now() - startedAt) },
      quietMs: stages.quietMs,
    });
    for (const deviceId of elsewhere)
      await understandWhatIsQuiet(tx, { userId: recording.user_id, deviceId }, recording, stages.quietMs);
    return ended;
  });
}

interface Heard {
  words: Words[];
  /** Pieces of speech. */
  pieces: number;
  /** Those of them of which something was deleted before. */
  deleted: number;
  /** Speech of which no words came, in pieces that have others too. */
  withoutWordsMs: number;
}

/** What the recording lacks, most important first: nothing that is missing is passed over in silence. */
function lossOf(
  { decode_report: report }: Recording,
  { words, pieces, deleted, withoutWordsMs }: Heard,
): { code: ErrorCode | null; reason?: string } {
  if (words.length === 0 && pieces > 0)
    return { code: deleted > 0 ? 'conversation_deleted' : 'unintelligible' };
  // No other field tells of it, and it can be words that nobody meant to delete, said at the same time elsewhere.
  if (deleted > 0)
    return { code: 'conversation_deleted', reason: 'Part of what it says was deleted with a conversation' };
  if (withoutWordsMs > 0) {
    const reason = `${ERRORS.partly_unintelligible.title}: ${inSeconds(withoutWordsMs)}`;
    return { code: 'partly_unintelligible', reason };
  }
  if (report === null || (report.damage === null && report.bytesLost === 0)) return { code: null };
  const lostMs = report.lostMs ?? 0;
  const { title } = ERRORS.damaged;
  return { code: 'damaged', reason: lostMs > 0 ? `${title}: ${inSeconds(lostMs)} are missing` : title };
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

/** What was heard, without what was deleted before; that is taken out of the pieces too, for they hold words. */
async function readWords(tx: Tx, recording: Recording): Promise<Heard> {
  const pieces = await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', recording.id)
    .orderBy('ordinal')
    .execute();
  const forgotten = await readForgotten(tx, recording);
  const fileStartMs = recording.started_at_ms ?? 0;
  const words: Words[] = [];
  let deleted = 0;
  let withoutWordsMs = 0;
  for (const piece of pieces) {
    const kept = piece.segments.filter(
      ({ startMs, endMs }) => !isForgotten({ fromMs: startMs, toMs: endMs }, forgotten),
    );
    if (kept.length < piece.segments.length) await takeOut(tx, piece, kept);
    if (kept.length < piece.segments.length || piece.guards.includes(DELETED_GUARD)) deleted++;
    withoutWordsMs += lengthOf(gapsOf(piece));
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
  return { words, pieces: pieces.length, deleted, withoutWordsMs };
}

async function takeOut(tx: Tx, piece: StoredPiece, kept: PieceSegment[]): Promise<void> {
  await tx
    .updateTable('pieces')
    .set({ segments: JSON.stringify(kept), guards: JSON.stringify([...piece.guards, DELETED_GUARD]) })
    .where('recording_id', '=', piece.recording_id)
    .where('ordinal', '=', piece.ordinal)
    .execute();
}

/** Of a day and not of a file any more: absolute times. */
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
