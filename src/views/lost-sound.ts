/** What of recordings is not in their words: speech of which no words came, and sound that damage took. */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { gapsOf } from '../timeline/without-words.ts';

/** With absolute times where the recording has one, else from its start. */
export interface SpeechWithoutWords {
  recordingId: string;
  startedAtMs: number;
  endedAtMs: number;
}

/** By recording, in the order of time. Pieces without a loss are not read. */
export async function speechWithoutWords(
  db: Reader,
  recordingIds: readonly string[],
): Promise<Map<string, SpeechWithoutWords[]>> {
  const found = new Map<string, SpeechWithoutWords[]>();
  if (recordingIds.length === 0) return found;
  const pieces = await db
    .selectFrom('pieces')
    .innerJoin('recordings', 'recordings.id', 'pieces.recording_id')
    .select([
      'pieces.recording_id',
      'pieces.start_ms',
      'pieces.end_ms',
      'pieces.segments',
      'pieces.guards',
      'pieces.unintelligible',
      'recordings.started_at_ms',
    ])
    .where('pieces.recording_id', 'in', recordingIds)
    .where('recordings.finished_at_ms', 'is not', null)
    .where(({ or, eb }) =>
      or([eb('pieces.unintelligible', '=', true), sql<boolean>`pieces.guards ? 'lost_part'`]),
    )
    .orderBy('pieces.start_ms')
    .execute();
  for (const piece of pieces) {
    const originMs = piece.started_at_ms ?? 0;
    const spans = gapsOf(piece).map(({ fromMs, toMs }) => ({
      recordingId: piece.recording_id,
      startedAtMs: originMs + fromMs,
      endedAtMs: originMs + toMs,
    }));
    found.set(piece.recording_id, [...(found.get(piece.recording_id) ?? []), ...spans]);
  }
  return found;
}
