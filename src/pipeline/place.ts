/**
 * Places a recording's words on its person's timeline, in one transaction under the person's lock. A second run changes
 * nothing.
 */
import { readForgotten } from '../conversations/deleted-spans.ts';
import { endingOf, reportAgain } from '../conversations/loss.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import { upgradeTimeline } from '../conversations/timeline-rule.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type PieceSegment, type Recording, type StoredPiece } from '../store/schema.ts';
import { isForgotten } from '../timeline/forgotten.ts';
import type { PipelineContext } from './context.ts';
import { commitEnding, complete } from './finish.ts';
import { replaceWords, type Words } from './replace-words.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log' | 'quietMs'>;

export async function place(context: Context, recordingId: string, attempt: number): Promise<void> {
  const startedAt = performance.now();
  await commitEnding(context, recordingId, attempt, async (tx, recording) => {
    const pieces = await readPieces(tx, recording.id);
    const words = pieces.length === 0 ? [] : await wordsOf(tx, recording, pieces);
    // A timeline to which no words come is placed again by the next words, or by the sweep.
    if (words.length > 0) await upgradeTimeline(tx, recording.user_id);
    const { elsewhere, recordings } = await replaceWords(tx, recording, words, pieces);
    await reportAgain(tx, recordings);
    const ended = await complete(tx, recording, {
      ...(await endingOf(tx, recording, pieces.length === 0 ? [] : undefined)),
      timings: { placeMs: Math.round(performance.now() - startedAt) },
      quietMs: context.quietMs,
    });
    for (const deviceId of elsewhere)
      await enqueueSettled(tx, { userId: recording.user_id, deviceId }, recording, context.quietMs);
    return ended;
  });
}

async function readPieces(tx: Tx, recordingId: string): Promise<StoredPiece[]> {
  return await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', recordingId)
    .orderBy('ordinal')
    .execute();
}

/** Returns the transcribed words without those deleted before, and removes the deleted ones from the pieces too. */
async function wordsOf(tx: Tx, recording: Recording, pieces: readonly StoredPiece[]): Promise<Words[]> {
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
