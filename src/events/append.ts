/**
 * Writes the events of a transaction as the last of it. The number comes from a counter row of the person, whose lock is
 * held from this statement to the commit only: the order of numbers is the order of commits, and none is missing. A
 * sequence would give a low number to a transaction that commits late, and a reader that has gone on would miss it.
 */
import { sql } from 'kysely';
import { afterCommit } from '../store/announcements.ts';
import { notifyFollowed } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import type { Changed } from './changed.ts';
import { conversationEvents, recordingEvents } from './derive.ts';
import { isFinished } from './finished-upload.ts';
import type { LoggedEvent, NewEvent, UploadData } from './types.ts';

type Appended = (userId: string, events: readonly NewEvent[], atMs: number) => void;

const LISTENERS = new Set<Appended>();

/** Calls back after each commit of this process that has written events, until what it returns is called. */
export function onAppended(listener: Appended): () => void {
  LISTENERS.add(listener);
  return () => void LISTENERS.delete(listener);
}

export async function appendEvents(tx: Tx, people: ReadonlyMap<string, Changed>): Promise<void> {
  const written: [userId: string, events: NewEvent[]][] = [];
  // In order of id, so that two transactions about the same people never wait for each other.
  for (const [userId, changed] of [...people].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const events = [
      ...(await recordingEvents(tx, userId, changed.recordings)),
      ...(await conversationEvents(tx, userId, changed.conversations)),
      ...changed.webhooks,
    ];
    const ended = await uploadsThatEnd(tx, userId, changed, events);
    if (events.length + ended.length > 0) written.push([userId, [...events, ...ended]]);
  }
  // The counters come last: each is held until the commit.
  for (const [userId, events] of written) {
    const nowMs = Date.now();
    await write(tx, userId, events, nowMs);
    if (LISTENERS.size > 0)
      afterCommit(tx, () => {
        for (const listener of LISTENERS) listener(userId, events, nowMs);
      });
  }
}

/** One statement: the counter, the events with its numbers, and the uploads that are told to be done. */
async function write(tx: Tx, userId: string, events: readonly NewEvent[], nowMs: number): Promise<void> {
  const rows = events.map(({ type, data }, index) => ({
    place: index + 1,
    type,
    recording_id: 'recordingId' in data ? data.recordingId : null,
    conversation_id: 'conversationId' in data ? data.conversationId : null,
    upload_id: 'uploadId' in data ? data.uploadId : null,
    upload_ids: data.uploadIds,
    data,
  }));
  const count = rows.length;
  const { rows: written } = await sql<{ isFollowed: boolean }>`
    WITH counter AS (
      INSERT INTO event_counters (user_id, last)
      VALUES (${userId}, coalesce((SELECT last_event FROM users WHERE id = ${userId}), 0) + ${count})
      ON CONFLICT (user_id) DO UPDATE SET last = event_counters.last + ${count}
      RETURNING last - ${count} AS before
    ), told AS (
      SELECT before + place AS number, e.*
        FROM counter, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS e (place int, type text, recording_id text, conversation_id text, upload_id text, upload_ids text[], data jsonb)
    ), ends AS (
      INSERT INTO upload_ends (upload_id, number, at_ms)
      SELECT upload_id, number, ${nowMs} FROM told WHERE upload_id IS NOT NULL
    )
    INSERT INTO events (user_id, number, type, at_ms, recording_id, conversation_id, upload_ids, data)
    SELECT ${userId}, number, type, ${nowMs}, recording_id, conversation_id, upload_ids, data FROM told
    RETURNING EXISTS (SELECT FROM webhook_endpoints
                       WHERE user_id = ${userId} AND disabled_at_ms IS NULL) AS "isFollowed"`.execute(tx);
  if (written.some(({ isFollowed }) => isFollowed)) notifyFollowed(tx, userId);
}

/**
 * Finds the uploads that are done by this transaction. Two last files must not each see the other unfinished, so whoever
 * may end an upload takes one lock of the person first, and looks then. What waits for the lock holds no counter.
 */
async function uploadsThatEnd(
  tx: Tx,
  userId: string,
  { recordings, conversations, uploads }: Changed,
  events: readonly NewEvent[],
): Promise<NewEvent[]> {
  const mayEnd = uploads.size > 0 || events.some(({ type }) => ENDS.has(type));
  if (!mayEnd) return [];
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('uploads:' || ${userId}::text, 0))`.execute(tx);
  const heard = new Set([
    ...recordings.keys(),
    ...[...conversations.values()].flatMap(({ recordingIds }) => [...recordingIds]),
  ]);
  return await endedUploads(tx, userId, {
    uploads: [...uploads],
    recordings: [...heard],
    conversations: [...conversations.keys()],
  });
}

/** Only these can be the last thing that an upload has waited for. */
const ENDS: ReadonlySet<string> = new Set<LoggedEvent['type']>([
  'recording.completed',
  'recording.rejected',
  'recording.failed',
  'recording.deleted',
  'recording.updated',
  'conversation.waiting',
  'conversation.ready',
  'conversation.failed',
  'conversation.merged',
  'conversation.deleted',
]);

interface Touched {
  uploads: readonly string[];
  recordings: readonly string[];
  conversations: readonly string[];
}

/** Uploads that are finished and were not told to be yet. Behind HAVING the rule is asked of the few that are touched. */
async function endedUploads(tx: Tx, userId: string, touched: Touched): Promise<NewEvent[]> {
  const { rows } = await sql<Ended>`
    WITH heard AS (
      SELECT unnest(${[...touched.recordings]}::text[]) AS id
      UNION
      SELECT recording_id FROM segments WHERE conversation_id = ANY (${[...touched.conversations]}::text[])
    ), open AS (
      SELECT id FROM uploads
       WHERE user_id = ${userId}
         -- Arrays, so that indexes find the few rows whatever the planner guesses.
         AND id = ANY (ARRAY(
               SELECT unnest(${[...touched.uploads]}::text[])
               UNION
               SELECT upload_id FROM upload_files WHERE recording_id = ANY (ARRAY(SELECT id FROM heard))))
         AND NOT EXISTS (SELECT FROM upload_ends WHERE upload_id = uploads.id)
    )
    SELECT open.id AS "uploadId",
           count(*)::int AS files,
           (count(*) FILTER (WHERE r.outcome IN ('completed', 'silent')))::int AS heard,
           (count(*) FILTER (WHERE r.outcome = 'silent'))::int AS silent,
           (count(*) FILTER (WHERE r.outcome = 'rejected'))::int AS refused,
           (count(*) FILTER (WHERE r.outcome = 'failed'))::int AS failed,
           (count(*) FILTER (WHERE r.outcome = 'deleted'))::int AS deleted,
           (SELECT coalesce(array_agg(DISTINCT s.conversation_id), '{}')
              FROM upload_files f JOIN segments s ON s.recording_id = f.recording_id
             WHERE f.upload_id = open.id AND s.conversation_id IS NOT NULL) AS "conversationIds"
      FROM open
      JOIN upload_files ON upload_files.upload_id = open.id
      JOIN recordings r ON r.id = upload_files.recording_id
     GROUP BY open.id
    HAVING ${isFinished(sql.ref('open.id'))}
     ORDER BY open.id`.execute(tx);
  return rows.map(({ uploadId, conversationIds, ...counts }) => {
    const data: UploadData = { uploadId, uploadIds: [uploadId], counts, conversationIds };
    return { type: 'upload.done', data };
  });
}

interface Ended {
  uploadId: string;
  files: number;
  heard: number;
  silent: number;
  refused: number;
  failed: number;
  deleted: number;
  conversationIds: string[];
}
