/**
 * Moves a recording's words to another time. Words, ids, voices and speakers' names stay; only times change. Must be
 * called under the timeline's lock, after the recording's row has its new time.
 */

import { sql } from 'kysely';
import { noteConversation } from '../events/note.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { reportAgain } from './loss.ts';
import { rebuildTimeline } from './rebuild.ts';
import { type Changed, renewRepetitions } from './repetitions.ts';
import { enqueueSettled } from './settled.ts';
import type { TimeSpan } from './stretch.ts';
import { renewUnknownLanguage, spokenSpanOf } from './unknown-language.ts';

interface Move {
  startedAtMs: number;
  quietMs: number;
  /** The recording is still being worked on; its end will enqueue the settled conversations at its new time. */
  goesOn: boolean;
}

/** @param recording the row before the change, with the old time */
export async function moveWords(
  tx: Tx,
  recording: Recording,
  { startedAtMs, quietMs, goesOn }: Move,
): Promise<void> {
  const { id, user_id: userId, device_id: deviceId } = recording;
  const byMs = startedAtMs - (recording.started_at_ms ?? startedAtMs);
  const owner = { userId, deviceId };
  const span = await spanOf(tx, id);
  const elsewhere: Changed[] = [];
  if (span) {
    const { own, shared } = await conversationsOf(tx, id);
    await forgetUnderstoodWords(tx, [...own, ...shared]);
    await moveConversations(tx, own, byMs);
    for (const conversationId of own) noteConversation(tx, userId, conversationId, 'updated');
    await moveSegments(tx, id, byMs, shared);
    const touched = [
      ...(await renewLanguage(tx, recording, startedAtMs)),
      ...(await renewRepetitions(tx, recording)),
    ];
    // The old place comes first, so that its conversations keep their ids and none goes to the moved words.
    await rebuildTimeline(tx, owner, span, { heardAnew: new Set(shared) });
    const there = { fromMs: span.fromMs + byMs, toMs: span.toMs + byMs };
    await rebuildTimeline(tx, owner, there, { cause: id, heardAnew: new Set(own) });
    for (const { deviceId: device, ...seen } of touched)
      await rebuildTimeline(tx, { userId, deviceId: device }, seen);
    await renewRevisions(tx, id);
    elsewhere.push(...touched.filter((changed) => changed.deviceId !== deviceId));
  } else await renewLanguage(tx, recording, startedAtMs);
  // Each occasion is reported once, and the end of this recording may have been one already.
  const occasion = { occasion: `${id}-moved-${Date.now()}`, except: null };
  const places = [recording, ...(goesOn ? [] : [{ ...recording, started_at_ms: startedAtMs }])];
  for (const device of new Set([deviceId, ...elsewhere.map((changed) => changed.deviceId)])) {
    for (const place of places) await enqueueSettled(tx, place, [device], quietMs, occasion);
  }
}

/**
 * The recording no longer counts as evidence for the language of speech around its old time, counts as evidence around
 * its new time, and is judged by that evidence itself.
 */
async function renewLanguage(tx: Tx, recording: Recording, startedAtMs: number): Promise<Changed[]> {
  const moved = { ...recording, started_at_ms: startedAtMs };
  const left = await renewUnknownLanguage(tx, moved, await spokenSpanOf(tx, recording));
  const came = await renewUnknownLanguage(tx, moved, await spokenSpanOf(tx, moved));
  await reportAgain(tx, [...new Set([...left.recordings, ...came.recordings, recording.id])]);
  return [...left.touched, ...came.touched];
}

/**
 * Conversations that have only this recording's words move with it. In other conversations the words of other
 * recordings stay.
 */
async function conversationsOf(tx: Tx, recordingId: string): Promise<{ own: string[]; shared: string[] }> {
  const rows = await tx
    .selectFrom('segments')
    .select('conversation_id as id')
    .select(sql<boolean>`bool_and(recording_id = ${recordingId})`.as('isOwn'))
    .where('conversation_id', 'in', (query) =>
      query.selectFrom('segments').select('conversation_id').where('recording_id', '=', recordingId),
    )
    .where('deleted_at_ms', 'is', null)
    .groupBy('conversation_id')
    .execute();
  const idsOf = (isOwn: boolean) => rows.filter((row) => row.isOwn === isOwn).flatMap(({ id }) => id ?? []);
  return { own: idsOf(true), shared: idsOf(false) };
}

/** The same words at another time are understood anew: "tomorrow" is another day then. */
async function forgetUnderstoodWords(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('conversations')
    .set({ understood_words: null, understood_words_of: null })
    .where('id', 'in', ids)
    .execute();
}

async function moveConversations(tx: Tx, ids: readonly string[], byMs: number): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('conversations')
    .set({
      started_at_ms: sql`started_at_ms + ${byMs}::bigint`,
      ended_at_ms: sql`ended_at_ms + ${byMs}::bigint`,
    })
    .where('id', 'in', ids)
    .execute();
}

/** Removes the words from conversations shared with other recordings; they belong to none until they are placed. */
async function moveSegments(
  tx: Tx,
  recordingId: string,
  byMs: number,
  shared: readonly string[],
): Promise<void> {
  await sql`
    UPDATE segments
       SET started_at_ms = started_at_ms + ${byMs}::bigint,
           ended_at_ms = ended_at_ms + ${byMs}::bigint,
           conversation_id = CASE WHEN conversation_id = ANY(${[...shared]}::text[]) THEN NULL ELSE conversation_id END,
           words = coalesce(
             (SELECT jsonb_agg(
                word || jsonb_build_object(
                  'startMs', (word->>'startMs')::numeric + ${byMs}::bigint,
                  'endMs', (word->>'endMs')::numeric + ${byMs}::bigint) ORDER BY at)
                FROM jsonb_array_elements(words) WITH ORDINALITY AS said (word, at)),
             words)
     WHERE recording_id = ${recordingId} AND deleted_at_ms IS NULL`.execute(tx);
}

/** Notifies those who wait for this recording once its conversations are understood. */
async function renewRevisions(tx: Tx, recordingId: string): Promise<void> {
  await sql`
    UPDATE segments SET revision = conversations.revision
      FROM conversations
     WHERE conversations.id = segments.conversation_id AND segments.recording_id = ${recordingId}`.execute(
    tx,
  );
}

async function spanOf(tx: Tx, recordingId: string): Promise<TimeSpan | null> {
  const span = await tx
    .selectFrom('segments')
    .select(({ fn }) => [fn.min('started_at_ms').as('fromMs'), fn.max('ended_at_ms').as('toMs')])
    .where('recording_id', '=', recordingId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  return span?.fromMs == null || span.toMs == null
    ? null
    : { fromMs: Number(span.fromMs), toMs: Number(span.toMs) };
}
