/**
 * Places a recording's words on its person's timeline: one transaction under one lock per person, and doing it twice
 * changes nothing.
 */
import { rebuildTimeline, type Span } from '../conversations/rebuild.ts';
import { writeVoices } from '../speakers/voices.ts';
import type { Tx } from '../store/database.ts';
import type { PieceSegment, Recording } from '../store/schema.ts';
import { endAttempt, finishRecording } from './finish.ts';
import type { Stages } from './stages.ts';

export async function place(stages: Stages, recordingId: string, attempt: number): Promise<void> {
  const startedAtMs = Date.now();
  await endAttempt(stages, recordingId, attempt, async (tx, recording) => {
    const { spoken, pieces } = await writeSegments(tx, recording);
    const owner = { userId: recording.user_id, deviceId: recording.device_id };
    if (spoken) await rebuildTimeline(tx, owner, spoken, recording.id);
    const speechWithoutWords = !spoken && pieces > 0;
    await finishRecording(tx, recording, {
      outcome: spoken ? 'completed' : 'silent',
      code: speechWithoutWords ? 'unintelligible' : null,
      timings: { placeMs: Date.now() - startedAtMs },
      quietMs: stages.quietMs,
    });
  });
}

/** @returns the span of time in which something was said, or null, and how many pieces of speech there were */
async function writeSegments(tx: Tx, recording: Recording): Promise<{ spoken: Span | null; pieces: number }> {
  const pieces = await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', recording.id)
    .orderBy('ordinal')
    .execute();
  const fileStartMs = recording.started_at_ms ?? 0;
  const rows = pieces.flatMap((piece) =>
    piece.segments.map((segment, index) => ({
      id: `${recording.id}:${piece.ordinal}.${index}`,
      recording_id: recording.id,
      user_id: recording.user_id,
      device_id: recording.device_id,
      started_at_ms: fileStartMs + segment.startMs,
      ended_at_ms: fileStartMs + segment.endMs,
      text: segment.text,
      speaker: segment.speaker,
      words: wordsFrom(segment, fileStartMs),
      language: piece.language,
      provider: piece.provider,
      model: piece.model,
    })),
  );
  if (rows.length === 0) return { spoken: null, pieces: pieces.length };
  await tx
    .insertInto('segments')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  await writeVoices(tx, recording);
  const toMs = rows.reduce((latest, row) => Math.max(latest, row.ended_at_ms), 0);
  return { spoken: { fromMs: rows[0]?.started_at_ms ?? 0, toMs }, pieces: pieces.length };
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
