/** Stores what the user says about who is who. It takes precedence over every answer of a provider. */

import { lockConversation } from '../conversations/lock.ts';
import { AfterwordError } from '../errors.ts';
import { noteConversation } from '../events/note.ts';
import type { Database, Tx } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { selectPeople } from './people.ts';
import { type HeardVoice, readVoices } from './read.ts';
import { forgetSpeakers, ownSpeakerOf, writeSpeakers } from './voices.ts';

export interface Decision {
  /** null removes the name; undefined leaves it. */
  name?: string | null | undefined;
  /** The id of another speaker of the same conversation, or of a person, who is the same one; that one stays. */
  sameAs?: string | undefined;
}

/**
 * Names a speaker of a conversation, or merges two of them. The words do not change, so the conversation is not
 * understood again.
 * @throws AfterwordError `not_found`
 */
export async function decideSpeaker(
  db: Database,
  userId: string,
  at: { conversationId: string; speakerId: string },
  { name, sameAs }: Decision,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const conversationId = await lockConversation(tx, userId, at.conversationId);
    const voices = await readVoices(tx, conversationId);
    const speakerId = speakerBehind(voices, at.speakerId);
    const survivorId = sameAs === undefined ? speakerId : await speakerOf(tx, userId, voices, sameAs);
    if (survivorId !== speakerId) await unite(tx, speakerId, survivorId);
    if (name !== undefined) {
      await tx.updateTable('speakers').set({ name }).where('id', '=', survivorId).execute();
    }
    // This includes all voices that were the speaker's at that time, in other conversations too if one was split since.
    await tx.updateTable('voices').set({ held: true }).where('speaker_id', '=', survivorId).execute();
    await touch(tx, userId, conversationId);
  });
}

/**
 * Makes of the voices that speak in these segments a speaker of their own, as they were before somebody said that they are
 * one with the others. Where all voices of the speaker speak there, nothing changes.
 * @returns the id of the speaker to whom these segments belong now
 * @throws AfterwordError `not_found`
 */
export async function separateSpeaker(
  db: Database,
  userId: string,
  at: { conversationId: string; speakerId: string },
  { segmentIds, name = null }: { segmentIds: readonly string[]; name?: string | null | undefined },
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const conversationId = await lockConversation(tx, userId, at.conversationId);
    const heard = await readVoices(tx, conversationId);
    const speakerId = speakerBehind(heard, at.speakerId);
    const spoken = await tx
      .selectFrom('segments')
      .select('voice_id')
      .distinct()
      .where('conversation_id', '=', conversationId)
      .where(({ eb, fn, val }) => eb('id', '=', fn.any(val([...segmentIds]))))
      .execute();
    const asked = new Set(spoken.map(({ voice_id }) => voice_id));
    const leaving = heard
      .filter((voice) => voice.speakerId === speakerId && asked.has(voice.id))
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
    const staying = await tx
      .selectFrom('voices')
      .select('id')
      .where('speaker_id', '=', speakerId)
      .where('id', 'not in', ['', ...leaving.map(({ id }) => id)])
      .execute();
    const [first] = leaving;
    if (!first || staying.length === 0) return speakerId;
    // The speaker that stays may have the id that the first of these voices had before.
    const own = ownSpeakerOf(first.id);
    const apart = own === speakerId ? ownSpeakerOf(`${first.id} apart`) : own;
    await writeSpeakers(tx, userId, [apart]);
    await tx.updateTable('speakers').set({ name }).where('id', '=', apart).execute();
    for (const [id, voices] of [
      [apart, leaving],
      [speakerId, staying],
    ] as const)
      await tx
        .updateTable('voices')
        .set({ speaker_id: id, held: true })
        .where(({ eb, fn, val }) => eb('id', '=', fn.any(val(voices.map((voice) => voice.id)))))
        .execute();
    await touch(tx, userId, conversationId);
    return apart;
  });
}

/**
 * Undoes everything that the user said about a speaker: the name goes, and each voice is separate again until the
 * provider is next asked, with the next words of the conversation.
 * @throws AfterwordError `not_found`
 */
export async function releaseSpeaker(
  db: Database,
  userId: string,
  at: { conversationId: string; speakerId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const conversationId = await lockConversation(tx, userId, at.conversationId);
    const speakerId = speakerBehind(await readVoices(tx, conversationId), at.speakerId);
    await giveBackVoices(tx, userId, speakerId);
    await tx
      .updateTable('speakers')
      .set({ name: null })
      .where('id', '=', speakerId)
      .where('kept', '=', false)
      .execute();
    await forgetSpeakers(tx, userId);
    await touch(tx, userId, conversationId);
  });
}

/** Makes each voice of a speaker one of its own again. */
export async function giveBackVoices(tx: Tx, userId: string, speakerId: string): Promise<void> {
  const voices = await tx.selectFrom('voices').select('id').where('speaker_id', '=', speakerId).execute();
  const owners = voices.map(({ id }) => ({ id, speakerId: ownSpeakerOf(id) }));
  await writeSpeakers(
    tx,
    userId,
    owners.map((voice) => voice.speakerId),
  );
  for (const voice of owners) {
    await tx
      .updateTable('voices')
      .set({ held: false, speaker_id: voice.speakerId })
      .where('id', '=', voice.id)
      .execute();
  }
}

async function touch(tx: Tx, userId: string, conversationId: string): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({ updated_at_ms: Date.now() })
    .where('id', '=', conversationId)
    .execute();
  noteConversation(tx, userId, conversationId, 'updated');
}

/**
 * Finds a speaker by its id, or by the id that one of its voices had before it was linked, so that old ids still work.
 */
function speakerBehind(voices: readonly HeardVoice[], id: string): string {
  const voice =
    voices.find(({ speakerId }) => speakerId === id) ?? voices.find((v) => ownSpeakerOf(v.id) === id);
  if (!voice) throw new AfterwordError('not_found');
  return voice.speakerId;
}

/** One of the conversation, or a person whom the user has added or named anywhere. */
async function speakerOf(tx: Tx, userId: string, voices: readonly HeardVoice[], id: string): Promise<string> {
  const person = await selectPeople(tx, userId).select('id').where('id', '=', id).executeTakeFirst();
  return person?.id ?? speakerBehind(voices, id);
}

async function unite(tx: Tx, speakerId: string, survivorId: string): Promise<void> {
  const gone = await tx.selectFrom('speakers').select('name').where('id', '=', speakerId).executeTakeFirst();
  await tx
    .updateTable('speakers')
    .set(({ fn, val, ref }) => ({ name: fn.coalesce(ref('name'), val(gone?.name ?? null)) }))
    .where('id', '=', survivorId)
    .execute();
  await tx
    .updateTable('voices')
    .set({ speaker_id: survivorId })
    .where('speaker_id', '=', speakerId)
    .execute();
  await tx.deleteFrom('speakers').where('id', '=', speakerId).where('kept', '=', false).execute();
}
