/** What of recordings is not in their words: speech of which no words came, and sound that damage took. */
import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { gapsOf } from '../timeline/without-words.ts';

/** With absolute times where the recording has one, else from its start. */
export interface SpeechWithoutWords {
  recordingId: string;
  startedAtMs: number;
  endedAtMs: number;
  /** Whether it could not be made out, or is of a language that the transcriber does not know. */
  code: 'unintelligible' | 'unknown_language';
}

/** By recording, in the order of time. Pieces without a loss are not read. */
export async function speechWithoutWords(
  db: Reader,
  userId: string,
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
      'pieces.unknown_language',
      'recordings.started_at_ms',
    ])
    .where('pieces.recording_id', 'in', recordingIds)
    .where('recordings.user_id', '=', userId)
    .where('recordings.finished_at_ms', 'is not', null)
    .where(({ or, eb }) =>
      or([
        eb('pieces.unintelligible', '=', true),
        eb('pieces.unknown_language', '=', true),
        sql<boolean>`pieces.guards ? 'lost_part'`,
      ]),
    )
    .orderBy('pieces.start_ms')
    .execute();
  for (const piece of pieces) {
    const originMs = piece.started_at_ms ?? 0;
    const code = piece.unknown_language ? ('unknown_language' as const) : ('unintelligible' as const);
    const whole = [{ fromMs: piece.start_ms, toMs: piece.end_ms }];
    const spans = (piece.unknown_language ? whole : gapsOf(piece)).map(({ fromMs, toMs }) => ({
      recordingId: piece.recording_id,
      startedAtMs: originMs + fromMs,
      endedAtMs: originMs + toMs,
      code,
    }));
    found.set(piece.recording_id, [...(found.get(piece.recording_id) ?? []), ...spans]);
  }
  return found;
}
