/** Reads what a server has stored and what it tells others: it changes slowly, or takes long to count. */
import { sql } from 'kysely';
import { LOOKAHEAD_SAMPLES, PACKET_BYTES, PACKET_SAMPLES } from '../audio/opus-encoder.ts';
import { IS_STORED } from '../bounds/holdings.ts';
import type { Database } from '../store/database.ts';
import type { Facts } from './picture.ts';

const DAY_MS = 86_400_000;
/** More are counted and not named. */
const MOST_DISABLED = 50;
const MOST_KINDS = 100;

export async function readDeadCounts(db: Database): Promise<Facts['deadLetters']> {
  const { rows } = await sql<Facts['deadLetters']['kinds'][number]>`
    SELECT 'recording' AS kind, code, count(*)::int AS count, min(coalesce(finished_at_ms, accepted_at_ms)) AS "sinceMs"
      FROM recordings WHERE outcome = 'failed' GROUP BY code
    UNION ALL
    SELECT 'conversation', failure_code, count(*)::int, min(updated_at_ms)
      FROM conversations
     WHERE failure IS NOT NULL AND merged_into IS NULL AND understood_revision < revision AND next_try_at_ms IS NULL
     GROUP BY failure_code
     ORDER BY count DESC`.execute(db);
  const sum = (kind: string) => rows.reduce((all, one) => all + (one.kind === kind ? one.count : 0), 0);
  return {
    recordings: sum('recording'),
    conversations: sum('conversation'),
    kinds: rows.slice(0, MOST_KINDS),
  };
}

export type Deliveries = Pick<Facts, 'webhooks' | 'push'>;

export async function readDeliveries(db: Database, nowMs: number): Promise<Deliveries> {
  const { rows } = await sql<{ webhooks: Facts['webhooks']; push: Facts['push'] }>`
    SELECT (SELECT json_build_object(
              'waiting', count(*), 'oldestMs', greatest(0, coalesce(${nowMs}::bigint - min(created_at_ms), 0)),
              'failedLately', (SELECT count(*) FROM webhook_deliveries
                                WHERE finished_at_ms > ${nowMs - DAY_MS} AND state IN ('failed', 'skipped')),
              'endpoints', (SELECT count(*) FROM webhook_endpoints),
              'failing', (SELECT count(*) FROM webhook_endpoints
                           WHERE failing_since_ms IS NOT NULL AND disabled_at_ms IS NULL),
              'disabled', (SELECT coalesce(json_agg(d), '[]') FROM (
                             SELECT id, user_id AS "userId", disabled_at_ms AS "sinceMs", disabled_code AS code
                               FROM webhook_endpoints WHERE disabled_at_ms IS NOT NULL
                              ORDER BY disabled_at_ms DESC LIMIT ${MOST_DISABLED}) d))
              FROM webhook_deliveries WHERE finished_at_ms IS NULL) AS webhooks,
           (SELECT json_build_object(
              'waiting', count(*) FILTER (WHERE d.state = 'waiting'),
              'oldestMs', greatest(0, coalesce(${nowMs}::bigint - min(m.at_ms) FILTER (WHERE d.state = 'waiting'), 0)),
              'failedLately', count(*) FILTER (WHERE d.state = 'failed' AND d.finished_at_ms > ${nowMs - DAY_MS}),
              'devices', (SELECT count(*) FROM push_devices))
              FROM push_deliveries d JOIN push_messages m ON m.id = d.message_id) AS push`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the deliveries were not counted');
  return row;
}

export type Stored = Omit<Facts['storage'], 'state' | keyof StoredAudio>;

export async function readStored(db: Database, nowMs: number): Promise<Stored> {
  const { rows } = await sql<Stored>`
    SELECT pg_database_size(current_database()) AS "databaseBytes", count(*)::int AS orphans,
           greatest(0, coalesce(${nowMs}::bigint - min(listed_at_ms), 0))::float8 AS "oldestOrphanMs"
      FROM objects_to_free WHERE freed_at_ms IS NULL`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('what is stored was not counted');
  return { ...row, databaseBytes: Number(row.databaseBytes), oldestOrphanMs: Number(row.oldestOrphanMs) };
}

export interface StoredAudio {
  recordings: number;
  audioBytes: number;
  copyBytes: number;
}

/**
 * Reads a row of every recording, and of every playable copy: a second for a million. The audio is the sum of what its people
 * read in their settings, with what has begun to arrive.
 */
export async function readAudio(db: Database): Promise<StoredAudio> {
  const { rows } = await sql<StoredAudio>`
    SELECT count(*)::int AS recordings, (coalesce(sum(size_bytes), 0) + (
        SELECT coalesce(sum(length), 0) FROM resumable_uploads WHERE upload_id IS NULL))::float8 AS "audioBytes",
      (SELECT coalesce(sum(ceil((samples + ${LOOKAHEAD_SAMPLES}::int) / ${PACKET_SAMPLES}::numeric)), 0) * ${PACKET_BYTES}::int
         FROM recording_sounds WHERE copy_key IS NOT NULL)::float8 AS "copyBytes"
      FROM recordings WHERE ${IS_STORED}`.execute(db);
  return rows[0] ?? { recordings: 0, audioBytes: 0, copyBytes: 0 };
}
