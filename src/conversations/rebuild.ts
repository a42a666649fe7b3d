/**
 * Rebuilds a time range of a timeline from its segments and writes the difference. Added and deleted words are handled
 * alike: read the segments around the change (`stretch.ts`), apply the pure rule, change what differs.
 */

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { renewCorrections } from '../decisions/corrected-segments.ts';
import { noteConversation } from '../events/note.ts';
import type { Tx } from '../store/database.ts';
import { forgetWorkAbout } from '../store/forgotten-work.ts';
import type { Forced } from '../timeline/forced.ts';
import { type Placement, placeOnTimeline, type Timeline } from '../timeline/place.ts';
import { renewItemHomes } from './action-items.ts';
import { readForcedStretch } from './forced-stretch.ts';
import { judgeFragments } from './fragments.ts';
import { hiddenCopies } from './hidden-copies.ts';
import { renewStanding } from './standing.ts';
import {
  isRest,
  readAround,
  readNeighbourhood,
  readWhole,
  type Stretch,
  type TimelineOwner,
  type TimeSpan,
} from './stretch.ts';
import { UNTRIED } from './untried.ts';

/** Describes the change. Removed segments cannot be read any more, so the caller has to say what they were part of. */
interface Change {
  /** The recording whose words were added, if any. */
  cause?: string;
  /** The conversations whose words were deleted. */
  lost?: ReadonlySet<string>;
  /** The conversations whose words were transcribed again and may differ now. */
  heardAnew?: ReadonlySet<string>;
  /** For each new segment, the conversation that had this audio until now; that conversation keeps its id. */
  heirs?: ReadonlyMap<string, string>;
}

/** Must be called under the timeline's lock. A second call changes nothing. */
export async function rebuildTimeline(
  tx: Tx,
  owner: TimelineOwner,
  span: TimeSpan,
  change: Change = {},
): Promise<void> {
  const { conversations, hasDecided, hasItems, forced } = await readAround(tx, owner, span);
  const decided = await readForcedStretch(tx, owner, span, forced);
  let stretch: Stretch = decided ?? (await readNeighbourhood(tx, owner, span, conversations));
  let timeline = placeStretch(stretch, change, decided?.forced);
  if (movesRest(stretch, timeline)) {
    // A conversation that is split or joined to an earlier one gets another id in all its segments.
    stretch = await readWhole(tx, owner, span);
    timeline = placeStretch(stretch, change);
  }
  const { touched, moved } = await writeTimeline(tx, owner, stretch, timeline, change);
  if (moved.length > 0 && hasItems) await renewItemHomes(tx, moved);
  await judgeFragments(tx, timeline.placements);
  if (!hasDecided) return;
  await renewStanding(tx, owner.userId, touched);
  if (change.cause !== undefined) await renewCorrections(tx, [change.cause]);
}

function placeStretch(stretch: Stretch, change: Change, forced: readonly Forced[] = []): Timeline {
  const known = new Set(stretch.conversations.map(({ id }) => id));
  const asHeard = stretch.segments.map((segment) => {
    const heir = change.heirs?.get(segment.id);
    return heir !== undefined && known.has(heir) ? { ...segment, conversationId: heir } : segment;
  });
  return placeOnTimeline(asHeard, stretch.conversations, () => `cnv_${randomUUID()}`, forced);
}

/** Says whether segments that were not read one by one would belong to another conversation. */
function movesRest({ segments }: Stretch, { placements }: Timeline): boolean {
  const now = new Map(placements.flatMap((p) => p.segmentIds.map((id) => [id, p.conversationId] as const)));
  return segments.some(({ id, conversationId }) => isRest(id) && now.get(id) !== conversationId);
}

/** @returns the conversations whose words have changed, and the recordings with words that have left one */
async function writeTimeline(
  tx: Tx,
  owner: TimelineOwner,
  stretch: Stretch,
  timeline: Timeline,
  { cause, lost = new Set(), heardAnew = new Set(), heirs }: Change,
): Promise<{ touched: string[]; moved: string[] }> {
  const touched: string[] = [];
  const recordingOf = new Map(stretch.segments.map((segment) => [segment.id, segment.recordingId]));
  for (const placement of timeline.placements) {
    const lostWords = lost.has(placement.conversationId);
    const isOther = placement.changed || placement.isNew || heardAnew.has(placement.conversationId);
    if (!isOther && !lostWords) continue;
    touched.push(placement.conversationId);
    const first = cause ?? recordingOf.get(placement.segmentIds[0] ?? '');
    if (first) await writeConversation(tx, owner, placement, first, lostWords);
  }
  const now = new Map(
    timeline.placements.flatMap((p) => p.segmentIds.map((id) => [id, p.conversationId] as const)),
  );
  const moved = stretch.segments.filter(
    (segment) => segment.conversationId !== (now.get(segment.id) ?? null),
  );
  for (const [conversationId, group] of Map.groupBy(moved, (segment) => now.get(segment.id) ?? null)) {
    await tx
      .updateTable('segments')
      .set({
        conversation_id: conversationId,
        revision: sql`coalesce((SELECT revision FROM conversations WHERE id = ${conversationId}), 0)`,
      })
      .where(
        'id',
        'in',
        group.map((segment) => segment.id),
      )
      .execute();
  }
  const recordingsOf = (id: string) =>
    stretch.segments.flatMap(({ conversationId, recordingId }) => (conversationId === id ? recordingId : []));
  const { userId } = owner;
  for (const [id, survivor] of timeline.merged) await pointTo(tx, userId, id, survivor, recordingsOf(id));
  for (const id of timeline.vanished) {
    const elsewhere = await conversationThatSaysTheSame(tx, stretch, id);
    if (elsewhere === null) await forgetConversation(tx, userId, id, recordingsOf(id));
    else {
      await pointTo(tx, userId, id, elsewhere, recordingsOf(id));
      touched.push(elsewhere);
    }
  }
  const left = moved.filter(({ conversationId, id }) => conversationId !== null || heirs?.has(id));
  return {
    touched: [...touched, ...timeline.merged.keys(), ...timeline.vanished],
    moved: [...new Set(left.map(({ recordingId }) => recordingId))],
  };
}

/** Points tombstones of merged conversations at the living one, so that an old id is one step from its conversation. */
async function pointTo(
  tx: Tx,
  userId: string,
  id: string,
  survivor: string,
  recordingIds: readonly string[],
): Promise<void> {
  const pointed = await tx
    .updateTable('conversations')
    .set({ merged_into: survivor, updated_at_ms: Date.now() })
    .where((column) => column.or([column('id', '=', id), column('merged_into', '=', id)]))
    .returning('id')
    .execute();
  for (const row of pointed) noteConversation(tx, userId, row.id, 'state', recordingIds);
}

/** Says whether all words of a conversation are hidden, because a recording of another device shows them. */
async function conversationThatSaysTheSame(tx: Tx, stretch: Stretch, id: string): Promise<string | null> {
  const hidden = stretch.segments.filter(
    ({ conversationId, repeats }) => conversationId === id && repeats !== null,
  );
  if (hidden.length === 0) return null;
  const said = await hiddenCopies(tx)
    .innerJoin('conversations', 'conversations.id', 'said.conversation_id')
    .select('conversations.id')
    .where(
      'copy.id',
      'in',
      hidden.map((segment) => segment.id),
    )
    .where('conversations.merged_into', 'is', null)
    .where('conversations.id', '!=', id)
    .orderBy('said.started_at_ms')
    .limit(1)
    .executeTakeFirst();
  return said?.id ?? null;
}

async function writeConversation(
  tx: Tx,
  { userId, deviceId }: TimelineOwner,
  placement: Placement,
  firstRecordingId: string,
  lostWords: boolean,
): Promise<void> {
  const nowMs = Date.now();
  const change = placement.isNew ? 'created' : 'updated';
  noteConversation(tx, userId, placement.conversationId, change, [firstRecordingId]);
  await tx
    .insertInto('conversations')
    .values({
      id: placement.conversationId,
      user_id: userId,
      device_id: deviceId,
      started_at_ms: placement.startedAtMs,
      ended_at_ms: placement.endedAtMs,
      first_recording_id: firstRecordingId,
      revision: 1,
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        started_at_ms: placement.startedAtMs,
        ended_at_ms: placement.endedAtMs,
        revision: sql`conversations.revision + 1`,
        ...UNTRIED,
        // A summary made of words that are gone is removed with them, even if no other can be made yet.
        ...(lostWords ? { understanding: null } : {}),
        updated_at_ms: nowMs,
      }),
    )
    .execute();
}

/** Removes what was made of a conversation without words, under each id that it ever had. */
async function forgetConversation(
  tx: Tx,
  userId: string,
  id: string,
  recordingIds: readonly string[],
): Promise<void> {
  await tx.updateTable('segments').set({ conversation_id: null }).where('conversation_id', '=', id).execute();
  const merged = await tx.deleteFrom('conversations').where('merged_into', '=', id).returning('id').execute();
  await forgetWorkAbout(tx, [id, ...merged.map((row) => row.id)]);
  await tx.deleteFrom('conversations').where('id', '=', id).execute();
  for (const gone of [id, ...merged.map((row) => row.id)])
    noteConversation(tx, userId, gone, 'state', recordingIds);
}
