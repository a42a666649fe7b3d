/** What of recordings is not in their words: speech of which no words came, and sound that damage took. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Reader } from '../store/database.ts';
import { gapsOf } from '../timeline/without-words.ts';

/** Times are absolute if the recording's time is known, else they count from its start. */
export const SpeechWithoutWords = z.object({
  recordingId: z.string(),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  code: z
    .enum(['unintelligible', 'unknown_language'])
    .describe(
      '`unintelligible`: no word was understood; `unknown_language`: the transcriber does not know the language',
    ),
});

export type SpeechWithoutWords = z.infer<typeof SpeechWithoutWords>;

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
      'pieces.pauses',
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
