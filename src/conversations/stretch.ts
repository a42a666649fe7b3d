/**
 * Reads the part of a timeline that a change can affect. A conversation may be days long, and each of its files is placed
 * by itself, so only the neighbourhood of the change is read segment by segment. What lies further out in a conversation
 * that reaches into the neighbourhood is read as one rest on each side: from its first word to its last.
 */
import { sql } from 'kysely';
import { type ForcedBorders, selectForced } from '../decisions/facts.ts';
import type { Tx } from '../store/database.ts';
import { FARTHEST_OFFSET_MS } from '../timeline/copies.ts';
import type { PlacedSegment } from '../timeline/place.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';

export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

export interface TimelineOwner {
  userId: string;
  deviceId: string;
}

export interface Stretch {
  /** The rests are among them; their ids begin with {@link REST}. */
  segments: PlacedSegment[];
  conversations: { id: string; startedAtMs: number; endedAtMs: number }[];
}

/** A segment's id begins with its recording's, so no segment has such an id. */
const REST = 'rest:';

/** A piece of speech that begins earlier than this before a time range cannot reach into it: pieces are 90 s at most. */
export const LONGEST_SEGMENT_MS = 90_000;
/**
 * Whatever is connected with the change through less than a silence, and the other recording of whatever was hidden by
 * it, ends after this much before the change and begins before this much after it.
 */
const REACH_MS = SILENCE_THAT_SPLITS_MS + FARTHEST_OFFSET_MS;

export function isRest(segmentId: string): boolean {
  return segmentId.startsWith(REST);
}

/** Reads the neighbourhood of a change. Its size does not depend on how long the conversations are. */
export async function readNeighbourhood(
  tx: Tx,
  owner: TimelineOwner,
  span: TimeSpan,
  conversations: Stretch['conversations'],
): Promise<Stretch> {
  const window = { fromMs: span.fromMs - REACH_MS - LONGEST_SEGMENT_MS, toMs: span.toMs + REACH_MS };
  const segments = await segmentsWithin(tx, owner, window, conversations);
  const far = conversations.filter(
    ({ startedAtMs, endedAtMs }) => startedAtMs < window.fromMs || endedAtMs > window.toMs,
  );
  return { conversations, segments: [...segments, ...(await restsOf(tx, far, window))] };
}

/**
 * Reads every segment of the change's own time and all of each conversation within reach. Widening once is enough, since
 * conversations are maximal: whatever lies beyond them is 120 s or more away.
 */
export async function readWhole(tx: Tx, owner: TimelineOwner, span: TimeSpan): Promise<Stretch> {
  const conversations = await conversationsWithin(tx, owner, span);
  const fromMs = conversations.reduce((first, known) => Math.min(first, known.startedAtMs), span.fromMs);
  const toMs = conversations.reduce((last, known) => Math.max(last, known.endedAtMs), span.toMs);
  const whole = { fromMs: fromMs - LONGEST_SEGMENT_MS, toMs };
  return { conversations, segments: await segmentsWithin(tx, owner, whole, conversations) };
}

/** The conversations within reach of a change, and what their person decided about borders. */
export async function readAround(
  tx: Tx,
  { userId, deviceId }: TimelineOwner,
  span: TimeSpan,
): Promise<ForcedBorders & Pick<Stretch, 'conversations'>> {
  const { rows } = await sql<ForcedBorders & Pick<Stretch, 'conversations'>>`
    SELECT coalesce((
             SELECT jsonb_agg(
                      jsonb_build_object('id', id, 'startedAtMs', started_at_ms, 'endedAtMs', ended_at_ms))
               FROM conversations
              WHERE user_id = ${userId} AND device_id = ${deviceId} AND merged_into IS NULL
                AND ended_at_ms > ${span.fromMs - SILENCE_THAT_SPLITS_MS}
                AND started_at_ms < ${span.toMs + SILENCE_THAT_SPLITS_MS}), '[]') AS conversations,
           ${selectForced(userId)}`.execute(tx);
  return rows[0] ?? { conversations: [], hasDecided: false, hasItems: false, forced: [] };
}

export async function conversationsWithin(tx: Tx, { userId, deviceId }: TimelineOwner, span: TimeSpan) {
  return await tx
    .selectFrom('conversations')
    .select(['id', 'started_at_ms as startedAtMs', 'ended_at_ms as endedAtMs'])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('merged_into', 'is', null)
    .where('ended_at_ms', '>', span.fromMs - SILENCE_THAT_SPLITS_MS)
    .where('started_at_ms', '<', span.toMs + SILENCE_THAT_SPLITS_MS)
    .execute();
}

/** Selects segments as they are placed; the caller says which. */
export function selectPlaced(tx: Tx) {
  return tx
    .selectFrom('segments')
    .select((column) => [
      'segments.id',
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
      'segments.conversation_id as conversationId',
      'segments.recording_id as recordingId',
      'segments.device_id as deviceId',
      'segments.unknown_language as isUnknownLanguage',
      column
        .selectFrom('repetitions')
        .innerJoin('recordings', 'recordings.id', 'repetitions.recording_id')
        .select('repetitions.recording_id')
        .whereRef('repetitions.segment_id', '=', 'segments.id')
        .orderBy('recordings.started_at_ms')
        .orderBy('recordings.sha256')
        .limit(1)
        .as('repeats'),
    ]);
}

/**
 * The time may touch a conversation that is out of reach, which is left out as a whole. Hidden segments beyond the
 * change are ignored: they were decided with their recording.
 */
async function segmentsWithin(
  tx: Tx,
  { userId, deviceId }: TimelineOwner,
  { fromMs, toMs }: TimeSpan,
  conversations: Stretch['conversations'],
): Promise<PlacedSegment[]> {
  const segments = await selectPlaced(tx)
    .where('segments.user_id', '=', userId)
    .where('segments.device_id', '=', deviceId)
    .where('segments.deleted_at_ms', 'is', null)
    .where('segments.started_at_ms', '>=', fromMs)
    .where('segments.started_at_ms', '<=', toMs)
    .execute();
  const known = new Set(conversations.map(({ id }) => id));
  return segments.filter(({ conversationId }) => conversationId === null || known.has(conversationId));
}

interface RestRow {
  conversationId: string;
  recordingId: string;
  startedAtMs: number;
  endedAtMs: number;
}

/**
 * Reads what these conversations have before and after the window: its ends, which an index finds. The latest end is
 * that of one of the last segments, since a segment that begins earlier than its longest length before them ends earlier.
 */
async function restsOf(
  tx: Tx,
  conversations: Stretch['conversations'],
  { fromMs, toMs }: TimeSpan,
): Promise<PlacedSegment[]> {
  if (conversations.length === 0) return [];
  const ids = conversations.map(({ id }) => id);
  const { rows } = await sql<RestRow>`
    SELECT known.id AS "conversationId", first.recording_id AS "recordingId", first.started_at_ms AS "startedAtMs",
           (SELECT max(ended_at_ms) FROM segments
             WHERE conversation_id = known.id AND started_at_ms >= last.started_at_ms - ${LONGEST_SEGMENT_MS}
               AND started_at_ms <= last.started_at_ms) AS "endedAtMs"
      FROM unnest(${ids}::text[]) AS known (id)
      CROSS JOIN (VALUES (NULL, ${fromMs}::bigint - 1), (${toMs}::bigint + 1, NULL)) AS side (from_ms, to_ms)
      CROSS JOIN LATERAL (
        SELECT recording_id, started_at_ms FROM segments
         WHERE conversation_id = known.id AND NOT unknown_language AND started_at_ms >= coalesce(side.from_ms, ${FIRST_MS})
           AND started_at_ms <= coalesce(side.to_ms, ${LAST_MS})
         ORDER BY started_at_ms LIMIT 1) AS first
      CROSS JOIN LATERAL (
        SELECT started_at_ms FROM segments
         WHERE conversation_id = known.id AND NOT unknown_language AND started_at_ms >= coalesce(side.from_ms, ${FIRST_MS})
           AND started_at_ms <= coalesce(side.to_ms, ${LAST_MS})
         ORDER BY started_at_ms DESC LIMIT 1) AS last`.execute(tx);
  return rows.map((row) => ({
    ...row,
    id: `${REST}${row.conversationId}:${row.startedAtMs}`,
    repeats: null,
    isUnknownLanguage: false,
  }));
}

/** No time is before or after these. */
const FIRST_MS = Number.MIN_SAFE_INTEGER;
const LAST_MS = Number.MAX_SAFE_INTEGER;
