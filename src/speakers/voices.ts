/** Stores the voices of a recording as rows. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';

/**
 * The speaker of a voice until it is linked: always the same id for the same voice, so that the order of arrival does
 * not matter.
 */
export function ownSpeakerOf(voiceId: string): string {
  return `spk_${createHash('sha256').update(voiceId).digest('hex').slice(0, 32)}`;
}

/** The piece in which the provider gave the label. */
export function pieceOf(voice: { recordingId: string; pieceOrdinal: number }): string {
  return `${voice.recordingId}:${voice.pieceOrdinal}`;
}

/**
 * Writes the voices of a recording's segments in the transaction that writes the segments. A second call changes
 * nothing.
 */
export async function writeVoices(tx: Tx, recording: { id: string; user_id: string }): Promise<void> {
  const spoken = await tx
    .selectFrom('segments')
    .select('voice_id as id')
    .distinct()
    .where('recording_id', '=', recording.id)
    .where('voice_id', 'is not', null)
    .$narrowType<{ id: string }>()
    .execute();
  if (spoken.length === 0) return;
  const known = await tx.selectFrom('voices').select('id').where('recording_id', '=', recording.id).execute();
  // A linked voice needs no speaker of its own; that would be a speaker without a voice.
  const fresh = spoken.filter(({ id }) => !known.some((voice) => voice.id === id));
  if (fresh.length === 0) return;
  await writeSpeakers(
    tx,
    recording.user_id,
    fresh.map(({ id }) => ownSpeakerOf(id)),
  );
  await tx
    .insertInto('voices')
    .values(
      fresh.map(({ id }) => ({
        id,
        recording_id: recording.id,
        piece_ordinal: Number.parseInt(id.slice(recording.id.length + 1), 10),
        speaker_id: ownSpeakerOf(id),
      })),
    )
    .execute();
}

/** Assigns a voice to a speaker whom the user has named or found again. */
export async function holdVoice(tx: Tx, voiceId: string, speakerId: string): Promise<void> {
  await tx
    .updateTable('voices')
    .set({ speaker_id: speakerId, held: true })
    .where('id', '=', voiceId)
    .execute();
}

/** Existing rows stay as they are. */
export async function writeSpeakers(tx: Tx, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .insertInto('speakers')
    .values([...new Set(ids)].map((id) => ({ id, user_id: userId, name: null })))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * Deletes the voices of these recordings that have no words left, and speakers without voices, since a name is personal
 * data too.
 */
export async function forgetVoices(tx: Tx, userId: string, recordingIds: readonly string[]): Promise<void> {
  if (recordingIds.length === 0) return;
  await tx
    .deleteFrom('voices')
    .where('recording_id', 'in', recordingIds)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('segments').select('segments.id').whereRef('voice_id', '=', 'voices.id'))),
    )
    .execute();
  await forgetSpeakers(tx, userId);
}

/** People whom somebody has added stay until they are deleted, and those who were named for a segment with its sound. */
export async function forgetSpeakers(tx: Tx, userId: string): Promise<void> {
  await tx
    .deleteFrom('speakers')
    .where('user_id', '=', userId)
    .where('kept', '=', false)
    .where(
      sql<boolean>`NOT EXISTS (
        SELECT FROM decisions
         WHERE decisions.user_id = speakers.user_id AND kind = 'speaker' AND value = to_jsonb(speakers.id))`,
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('voices').select('voices.id').whereRef('speaker_id', '=', 'speakers.id'))),
    )
    .execute();
}
