/** What of recordings is not in their words: speech of which no words came, and sound that damage took. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Reader } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
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

/** No recording is longer; it bounds the look at the index. */
const LONGEST_RECORDING_MS = 7 * 86_400_000;

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
    .where('pieces.covered', '=', false)
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

/**
 * In the order of time, also of recordings that gave the conversation no word: a file in another language lies between two
 * others.
 * @param recordingIds those that have words in it
 */
export async function speechWithoutWordsDuring(
  db: Reader,
  userId: string,
  { device_id, started_at_ms, ended_at_ms }: Conversation,
  recordingIds: readonly string[],
): Promise<SpeechWithoutWords[]> {
  const during = await db
    .selectFrom('recordings')
    .select('id')
    .where('user_id', '=', userId)
    .where('device_id', '=', device_id)
    .where('started_at_ms', '<', ended_at_ms)
    .where('started_at_ms', '>', started_at_ms - LONGEST_RECORDING_MS)
    .where(sql<number>`started_at_ms + coalesce(duration_ms, 0)`, '>', started_at_ms)
    .where('outcome', '<>', 'deleted')
    .execute();
  const ids = new Set([...recordingIds, ...during.map(({ id }) => id)]);
  return [...(await speechWithoutWords(db, userId, [...ids])).values()]
    .flat()
    .filter(
      (lost) =>
        lost.startedAtMs < ended_at_ms + SILENCE_THAT_SPLITS_MS &&
        lost.endedAtMs > started_at_ms - SILENCE_THAT_SPLITS_MS,
    )
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
}
