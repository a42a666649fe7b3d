import type { Reader } from '../store/database.ts';
import { tellSpeakers } from './appearing.ts';

/** A segment with the speaker of its voice. */
const SPOKEN = [
  'segments.id',
  'segments.started_at_ms as startedAtMs',
  'segments.ended_at_ms as endedAtMs',
  'voices.id as voiceId',
  'voices.speaker_id as speakerId',
  'speakers.name as speakerName',
] as const;

/**
 * Selects the segments of a conversation in the order spoken, each with the speaker of its voice; the caller adds
 * columns.
 */
export function segmentsWithSpeakers(db: Reader, conversationId: string) {
  return db
    .selectFrom('segments')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .leftJoin('speakers', 'speakers.id', 'voices.speaker_id')
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
    .innerJoin('voices', 'voices.id', 'segments.voice_id')
    .innerJoin('speakers', 'speakers.id', 'voices.speaker_id')
    .select(['segments.conversation_id as conversationId', ...SPOKEN])
    .distinctOn(['segments.conversation_id', 'voices.id'])
    .where('segments.conversation_id', 'in', conversationIds)
    .where('segments.user_id', '=', userId)
    .orderBy('segments.conversation_id')
    .orderBy('voices.id')
    .orderBy('segments.started_at_ms')
    .orderBy('segments.id')
    .execute();
  const firsts = rows.sort((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1));
  const byConversation = Map.groupBy(firsts, ({ conversationId }) => conversationId ?? '');
  return new Map([...byConversation].map(([id, heard]) => [id, tellSpeakers(heard).called]));
}
