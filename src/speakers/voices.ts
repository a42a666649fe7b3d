/** The voices of a recording, as rows. */
import { createHash } from 'node:crypto';
import type { Tx } from '../store/database.ts';

/** Who a voice is until it is linked: always the same for the same voice, so that no order of arrival can matter. */
export function ownSpeakerOf(voiceId: string): string {
  return `spk_${createHash('sha256').update(voiceId).digest('hex').slice(0, 32)}`;
}

/** The piece that a voice was told apart in. */
export function pieceOf(voice: { recordingId: string; pieceOrdinal: number }): string {
  return `${voice.recordingId}:${voice.pieceOrdinal}`;
}

/** Writes the voices of a recording's segments, in the transaction that writes those. Doing it twice changes nothing. */
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
  // One that is linked already needs no speaker of its own: it would be somebody without a voice.
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

/** Gives a voice to somebody whom the user has named or found again. */
export async function holdVoice(tx: Tx, voiceId: string, speakerId: string): Promise<void> {
  await tx
    .updateTable('voices')
    .set({ speaker_id: speakerId, held: true })
    .where('id', '=', voiceId)
    .execute();
}

/** Those that are there stay as they are. */
export async function writeSpeakers(tx: Tx, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .insertInto('speakers')
    .values([...new Set(ids)].map((id) => ({ id, user_id: userId, name: null })))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * Forgets the voices of these recordings of which no word is left, and whoever has no voice any more: a name is
 * something that was said as well.
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

export async function forgetSpeakers(tx: Tx, userId: string): Promise<void> {
  await tx
    .deleteFrom('speakers')
    .where('user_id', '=', userId)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('voices').select('voices.id').whereRef('speaker_id', '=', 'speakers.id'))),
    )
    .execute();
}
