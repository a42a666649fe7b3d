/**
 * Places a recording's words on its person's timeline: one transaction under one lock per person. It reads every
 * segment of the stretch, lets the pure rule decide, and writes the difference; doing it twice changes nothing.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { queryable, type Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { type PlacedSegment, type Placement, placeOnTimeline, type Timeline } from '../timeline/place.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import { finishRecording } from './finish.ts';
import type { Stages } from './stages.ts';

/** No piece of speech is longer than 28 s: what begins earlier than this before a stretch cannot reach into it. */
const LONGEST_SEGMENT_MS = 60_000;

export async function place(stages: Stages, recordingId: string): Promise<void> {
  const startedAtMs = Date.now();
  await stages.db.transaction().execute(async (tx) => {
    await stages.lease.assertHeld(queryable(tx));
    const recording = await tx
      .selectFrom('recordings')
      .selectAll()
      .where('id', '=', recordingId)
      .executeTakeFirstOrThrow();
    await lockTimeline(tx, recording.user_id);
    const { spoken, pieces } = await writeSegments(tx, recording);
    if (spoken) {
      const stretch = await readStretch(tx, recording, spoken);
      await writeTimeline(
        tx,
        recording,
        stretch,
        placeOnTimeline(stretch.segments, stretch.conversations, () => `cnv_${randomUUID()}`),
      );
    }
    const speechWithoutWords = !spoken && pieces > 0;
    await finishRecording(tx, recording, {
      outcome: spoken ? 'completed' : 'silent',
      code: speechWithoutWords ? 'unintelligible' : null,
      timings: { placeMs: Date.now() - startedAtMs },
      quietMs: stages.quietMs,
    });
  });
}

/**
 * Two recordings of one person are placed one after the other, whoever works on them.
 * NO KEY UPDATE, because accepting an upload refers to this row and must never wait for the work.
 */
export async function lockTimeline(tx: Tx, userId: string): Promise<void> {
  await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** @returns the span of time in which something was said, or null, and how many pieces of speech there were */
async function writeSegments(tx: Tx, recording: Recording): Promise<{ spoken: Span | null; pieces: number }> {
  const pieces = await tx
    .selectFrom('pieces')
    .selectAll()
    .where('recording_id', '=', recording.id)
    .orderBy('ordinal')
    .execute();
  const fileStartMs = recording.started_at_ms ?? 0;
  const rows = pieces.flatMap((piece) =>
    piece.segments.map((segment, index) => ({
      id: `${recording.id}:${piece.ordinal}.${index}`,
      recording_id: recording.id,
      user_id: recording.user_id,
      device_id: recording.device_id,
      started_at_ms: fileStartMs + segment.startMs,
      ended_at_ms: fileStartMs + segment.endMs,
      text: segment.text,
      speaker: segment.speaker,
      provider: piece.provider,
      model: piece.model,
    })),
  );
  if (rows.length === 0) return { spoken: null, pieces: pieces.length };
  await tx
    .insertInto('segments')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const toMs = rows.reduce((latest, row) => Math.max(latest, row.ended_at_ms), 0);
  return { spoken: { fromMs: rows[0]?.started_at_ms ?? 0, toMs }, pieces: pieces.length };
}

interface Stretch {
  segments: PlacedSegment[];
  conversations: { id: string; startedAtMs: number }[];
}

/**
 * Every segment that the new words could touch: their own time and the whole of each conversation within reach.
 * One widening is enough, since conversations are maximal: what lies beyond them is 120 s or more away.
 */
async function readStretch(tx: Tx, { user_id, device_id }: Recording, spoken: Span): Promise<Stretch> {
  const conversations = await tx
    .selectFrom('conversations')
    .select(['id', 'started_at_ms as startedAtMs', 'ended_at_ms as endedAtMs'])
    .where('user_id', '=', user_id)
    .where('device_id', '=', device_id)
    .where('merged_into', 'is', null)
    .where('ended_at_ms', '>', spoken.fromMs - SILENCE_THAT_SPLITS_MS)
    .where('started_at_ms', '<', spoken.toMs + SILENCE_THAT_SPLITS_MS)
    .execute();
  const fromMs = conversations.reduce((first, known) => Math.min(first, known.startedAtMs), spoken.fromMs);
  const toMs = conversations.reduce((last, known) => Math.max(last, known.endedAtMs), spoken.toMs);
  const segments = await tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select((column) => [
      'segments.id',
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
      'segments.conversation_id as conversationId',
      'segments.recording_id as recordingId',
      column.fn.coalesce('recordings.started_at_ms', sql<number>`0`).as('recordingStartedAtMs'),
      'recordings.microphone',
    ])
    .where('segments.user_id', '=', user_id)
    .where('segments.device_id', '=', device_id)
    .where('segments.started_at_ms', '>=', fromMs - LONGEST_SEGMENT_MS)
    .where('segments.started_at_ms', '<=', toMs)
    .execute();
  const known = new Set(conversations.map(({ id }) => id));
  // The margin of a minute may reach into a conversation that is out of reach: it stays out as a whole.
  return {
    conversations,
    segments: segments.filter(({ conversationId }) => conversationId === null || known.has(conversationId)),
  };
}

async function writeTimeline(
  tx: Tx,
  recording: Recording,
  stretch: Stretch,
  timeline: Timeline,
): Promise<void> {
  for (const placement of timeline.placements) {
    if (placement.changed || placement.isNew) await writeConversation(tx, recording, placement);
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
      .set({ conversation_id: conversationId })
      .where(
        'id',
        'in',
        group.map((segment) => segment.id),
      )
      .execute();
  }
  for (const [id, survivor] of timeline.merged) {
    // Tombstones of tombstones point to the living one, so that an old id is one step from its conversation.
    await tx
      .updateTable('conversations')
      .set({ merged_into: survivor, updated_at_ms: Date.now() })
      .where((column) => column.or([column('id', '=', id), column('merged_into', '=', id)]))
      .execute();
  }
}

async function writeConversation(tx: Tx, recording: Recording, placement: Placement): Promise<void> {
  const nowMs = Date.now();
  await tx
    .insertInto('conversations')
    .values({
      id: placement.conversationId,
      user_id: recording.user_id,
      device_id: recording.device_id,
      started_at_ms: placement.startedAtMs,
      ended_at_ms: placement.endedAtMs,
      first_recording_id: recording.id,
      revision: 1,
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        started_at_ms: placement.startedAtMs,
        ended_at_ms: placement.endedAtMs,
        revision: sql`conversations.revision + 1`,
        failure: null,
        updated_at_ms: nowMs,
      }),
    )
    .execute();
}
