/**
 * Derives what is decided about conversations from the decisions that lie in their sound. It is done anew whenever the
 * words of a conversation come, change or go, so that a decision follows its sound: into the part of a split conversation,
 * into the conversation that others were merged into, to another time.
 */
import { isDeepStrictEqual } from 'node:util';
import { type AboutConversation, CONVERSATION_KINDS, standingOf } from '../decisions/standing.ts';
import type { Tx } from '../store/database.ts';
import { soundFinder } from '../timeline/anchors.ts';
import { selectPlaced } from './stretch.ts';

/** Must be called under the timeline's lock. A second call changes nothing. */
export async function renewStanding(tx: Tx, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const decided = await decisionsNear(tx, userId, ids);
  const standings = Map.groupBy(decided, ({ conversationId }) => conversationId);
  for (const { id, decided: before } of await standingsOf(tx, userId, ids)) {
    const now = standingOf(standings.get(id) ?? []);
    if (isDeepStrictEqual(before, now)) continue;
    await tx
      .updateTable('conversations')
      .set({ decided: now === null ? null : JSON.stringify(now) })
      .where('id', '=', id)
      .execute();
  }
}

/** What counts of the decisions about these conversations of the person. */
export async function standingsOf(tx: Tx, userId: string, ids: readonly string[]) {
  return await tx
    .selectFrom('conversations')
    .select(['id', 'decided'])
    .where('user_id', '=', userId)
    .where('id', 'in', ids)
    .execute();
}

/** The recordings whose sound these conversations have, in their own words or as hidden copies of them. */
async function recordingsOf(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const own = await tx
    .selectFrom('segments')
    .select('recording_id as id')
    .distinct()
    .where(({ eb, fn, val }) => eb('conversation_id', '=', fn.any(val([...ids]))))
    .execute();
  const recordingIds = own.map(({ id }) => id);
  const copies = await tx
    .selectFrom('repetitions')
    .innerJoin('segments', 'segments.id', 'repetitions.segment_id')
    .select('segments.recording_id as id')
    .distinct()
    .where(({ eb, fn, val }) => eb('repetitions.recording_id', '=', fn.any(val(recordingIds))))
    .execute();
  return [...new Set([...recordingIds, ...copies.map(({ id }) => id)])];
}

async function decisionsNear(
  tx: Tx,
  userId: string,
  ids: readonly string[],
): Promise<(AboutConversation & { conversationId: string | null })[]> {
  const near = await recordingsOf(tx, ids);
  const decisions = await tx
    .selectFrom('decisions')
    .innerJoin('recordings', 'recordings.id', 'decisions.recording_id')
    .select(['kind', 'value', 'recordings.id as recordingId', 'from_ms', 'recordings.started_at_ms'])
    .where('decisions.user_id', '=', userId)
    .where('kind', 'in', CONVERSATION_KINDS)
    .where(({ eb, fn, val }) => eb('decisions.recording_id', '=', fn.any(val(near))))
    .orderBy('decisions.id')
    .execute();
  if (decisions.length === 0) return [];
  const sounds = await soundsOf(tx, [...new Set(decisions.map(({ recordingId }) => recordingId))]);
  const find = soundFinder(sounds);
  return decisions.map(({ kind, value, recordingId, from_ms, started_at_ms }) => ({
    kind: kind as AboutConversation['kind'],
    value,
    conversationId: find({ recordingId, atMs: (started_at_ms ?? 0) + from_ms })?.conversationId ?? null,
  }));
}

/** The segments of these recordings, and of those that are shown in the place of theirs. */
export async function soundsOf(tx: Tx, recordingIds: readonly string[]) {
  const sounds: Awaited<ReturnType<ReturnType<typeof selectPlaced>['execute']>> = [];
  const read = new Set<string>();
  for (let next = [...recordingIds]; next.length > 0; ) {
    for (const id of next) read.add(id);
    const found = await selectPlaced(tx)
      .where(({ eb, fn, val }) => eb('segments.recording_id', '=', fn.any(val(next))))
      .where('segments.deleted_at_ms', 'is', null)
      .execute();
    sounds.push(...found);
    next = [...new Set(found.flatMap(({ repeats }) => repeats ?? []))].filter((id) => !read.has(id));
  }
  return sounds;
}
