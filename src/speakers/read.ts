import { sql } from 'kysely';
import type { Reader } from '../store/database.ts';
import { tellSpeakers } from './appearing.ts';

/**
 * A segment with its speaker: whom its person has named for this very segment, or the speaker of its voice. In the first
 * case the voice is left out, since it says nothing about who speaks.
 */
const SPOKEN = [
  'segments.id',
  'segments.started_at_ms as startedAtMs',
  'segments.ended_at_ms as endedAtMs',
  sql<string | null>`CASE WHEN segments.decided_speaker_id IS NULL THEN voices.id END`.as('voiceId'),
  'speakers.id as speakerId',
  'speakers.name as speakerName',
] as const;

export const SPEAKER_OF_SEGMENT = sql<string>`coalesce(segments.decided_speaker_id, voices.speaker_id)`;

/**
 * Selects the segments of a conversation in the order spoken, each with its speaker; the caller adds columns.
 */
export function segmentsWithSpeakers(db: Reader, conversationId: string) {
  return db
    .selectFrom('segments')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .leftJoin('speakers', (join) => join.on('speakers.id', '=', SPEAKER_OF_SEGMENT))
    .select(SPOKEN)
    .where('segments.conversation_id', '=', conversationId)
    .orderBy('segments.started_at_ms')
    .orderBy('segments.id');
}

/** A voice of a conversation. */
export interface HeardVoice {
  id: string;
  recordingId: string;
  pieceOrdinal: number;
  speakerId: string;
  /** Its speaker. */
  name: string | null;
  /** The user has decided whose voice it is. */
  held: boolean;
  /** When it is first heard in the conversation. */
  startedAtMs: number;
  spokenMs: number;
}

export async function readVoices(db: Reader, conversationId: string): Promise<HeardVoice[]> {
  return await db
    .selectFrom('segments')
    .innerJoin('voices', 'voices.id', 'segments.voice_id')
    .innerJoin('speakers', 'speakers.id', 'voices.speaker_id')
    .select(({ fn, eb }) => [
      'voices.id',
      'voices.recording_id as recordingId',
      'voices.piece_ordinal as pieceOrdinal',
      'voices.speaker_id as speakerId',
      'speakers.name',
      'voices.held',
      fn.min('segments.started_at_ms').as('startedAtMs'),
      fn.sum<string>(eb('segments.ended_at_ms', '-', eb.ref('segments.started_at_ms'))).as('spokenMs'),
    ])
    .where('segments.conversation_id', '=', conversationId)
    .groupBy(['voices.id', 'speakers.id'])
    .execute()
    // A sum of bigints is numeric, which comes as text.
    .then((rows) => rows.map((row) => ({ ...row, spokenMs: Number(row.spokenMs) })));
}

/**
 * Reads what the voices of several conversations are called at present, each by its own conversation: a label is a
 * speaker's number in that conversation.
 */
export async function readCalled(
  db: Reader,
  userId: string,
  conversationIds: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('segments')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .innerJoin('speakers', (join) => join.on('speakers.id', '=', SPEAKER_OF_SEGMENT))
    .select(['segments.conversation_id as conversationId', ...SPOKEN])
    .distinctOn(['segments.conversation_id', 'voices.id', 'speakers.id'])
    .where('segments.conversation_id', 'in', conversationIds)
    .where('segments.user_id', '=', userId)
    .orderBy('segments.conversation_id')
    .orderBy('voices.id')
    .orderBy('speakers.id')
    .orderBy('segments.started_at_ms')
    .orderBy('segments.id')
    .execute();
  const firsts = rows.sort((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1));
  const byConversation = Map.groupBy(firsts, ({ conversationId }) => conversationId ?? '');
  return new Map([...byConversation].map(([id, heard]) => [id, tellSpeakers(heard).called]));
}
