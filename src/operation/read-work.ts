/** Reads what is under way on a server: the lanes, who works, what stages take, and how providers answer. */
import { sql } from 'kysely';
import { LEASE_MS } from '../engine/leases.ts';
import { lookAtQueue } from '../metrics/queue.ts';
import type { Database } from '../store/database.ts';
import type { Facts } from './picture.ts';
import { type CallsOfProvider, providerOf, type SharesOfProvider, workersOf } from './shape.ts';

/** What ended within this time tells how long stages take now. */
const STAGES_OF_MS = 15 * 60_000;
const CALLS_OF_MS = 10 * 60_000;
/** The latest ones stand for all: a busy fleet makes 100 calls a second. */
const MOST_CALLS = 20_000;
const MOST_ENDED = 5_000;
/** A worker that ended is shown for a while: somebody may be looking for it. */
const GONE_AFTER_MS = 10 * 60_000;
const MOST_WORKERS = 100;
const MOST_HELD = 500;
/** The first worker of a database creates the tables of leases. */
const NO_SUCH_TABLE = '42P01';

export async function readLanes(db: Database, nowMs: number): Promise<Facts['lanes']> {
  const [lanes, reasons, held] = await Promise.all([
    lookAtQueue(db, nowMs),
    sql<{ lane: string; code: string; count: number; nextTryAtMs: number | null }>`
      SELECT lane, coalesce(code, 'queued') AS code, count(*)::int AS count, min(next_try_at_ms) AS "nextTryAtMs"
        FROM recordings WHERE finished_at_ms IS NULL AND outcome = 'waiting' GROUP BY 1, 2
      UNION ALL
      SELECT 'conversations', coalesce(failure_code, 'internal'), count(*)::int, min(next_try_at_ms)
        FROM conversations
       WHERE failure IS NOT NULL AND merged_into IS NULL AND understood_revision < revision
         AND next_try_at_ms IS NOT NULL GROUP BY 1, 2
       ORDER BY count DESC`.execute(db),
    db
      .selectFrom('conversations')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('held_by', 'is not', null)
      .executeTakeFirstOrThrow(),
  ]);
  return lanes.map(({ lane, waiting, processing, oldestMs }) => ({
    lane,
    waiting,
    running: processing ?? Number(held.count),
    oldestMs,
    reasons: reasons.rows.filter((one) => one.lane === lane).map(({ lane: _, ...reason }) => reason),
  }));
}

export async function readStages(db: Database, nowMs: number): Promise<Facts['stages']> {
  const { rows } = await sql<Facts['stages'][number]>`
    WITH ended AS MATERIALIZED (
      SELECT type, recording_id, conversation_id, at_ms, user_id FROM events
       WHERE at_ms > ${nowMs - STAGES_OF_MS} AND type IN ('recording.completed', 'conversation.stage', 'conversation.ready')
       ORDER BY at_ms DESC LIMIT ${MOST_ENDED}
    ), taken AS (
      SELECT one.stage, one.ms FROM (SELECT DISTINCT recording_id FROM ended WHERE type = 'recording.completed') e
        JOIN recordings r ON r.id = e.recording_id
       CROSS JOIN LATERAL (VALUES
         ('queued', (r.timings->>'queuedMs')::float8), ('decode', (r.timings->>'decodeMs')::float8),
         ('listen', (r.timings->>'listenMs')::float8), ('transcribe', (r.timings->>'transcribeMs')::float8),
         ('place', (r.timings->>'placeMs')::float8), ('total', (r.timings->>'totalMs')::float8)) AS one (stage, ms)
      UNION ALL
      SELECT 'understand', ready.at_ms - (
               SELECT max(began.at_ms) FROM ended began
                WHERE began.conversation_id = ready.conversation_id AND began.type = 'conversation.stage'
                  AND began.at_ms <= ready.at_ms)
        FROM ended ready WHERE ready.type = 'conversation.ready')
    SELECT known.stage, count(ms)::int AS count,
           coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), 0) AS "p50Ms",
           coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms), 0) AS "p95Ms"
      FROM unnest(ARRAY['queued', 'decode', 'listen', 'transcribe', 'place', 'total', 'understand'])
           WITH ORDINALITY AS known (stage, nth)
      LEFT JOIN taken ON taken.stage = known.stage AND taken.ms >= 0
     GROUP BY known.stage, known.nth ORDER BY known.nth`.execute(db);
  return rows;
}

export async function readProviders(db: Database, nowMs: number): Promise<Facts['providers']> {
  const calls = await sql<CallsOfProvider>`
    WITH lately AS MATERIALIZED (
      SELECT provider, started_at_ms, finished_at_ms, outcome, code FROM provider_calls
       WHERE started_at_ms > ${nowMs - CALLS_OF_MS} AND calls = '[]'
       ORDER BY started_at_ms DESC LIMIT ${MOST_CALLS}
    ), answers AS (
      SELECT provider, max(finished_at_ms) AS at_ms FROM lately
       WHERE outcome IN ('answered', 'unintelligible') GROUP BY provider)
    SELECT provider, (count(*) FILTER (WHERE finished_at_ms IS NULL))::int AS "underWay",
           (count(*) FILTER (WHERE outcome IN ('answered', 'unintelligible')))::int AS answered,
           (count(*) FILTER (WHERE outcome = 'error'))::int AS failed,
           (count(*) FILTER (WHERE outcome = 'not_asked'))::int AS spared,
           (count(*) FILTER (WHERE outcome = 'error' AND finished_at_ms > coalesce(a.at_ms, 0)))::int AS "failedInARow",
           max(a.at_ms) AS "lastAnsweredAtMs",
           max(finished_at_ms) FILTER (WHERE outcome = 'error') AS "lastFailedAtMs",
           max(started_at_ms) FILTER (WHERE outcome = 'not_asked') AS "lastSparedAtMs",
           (array_agg(code ORDER BY finished_at_ms DESC) FILTER (WHERE outcome = 'error'))[1] AS "lastCode",
           percentile_cont(0.5) WITHIN GROUP (ORDER BY finished_at_ms - started_at_ms)
             FILTER (WHERE outcome IN ('answered', 'unintelligible')) AS "p50Ms",
           percentile_cont(0.95) WITHIN GROUP (ORDER BY finished_at_ms - started_at_ms)
             FILTER (WHERE outcome IN ('answered', 'unintelligible')) AS "p95Ms"
      FROM lately LEFT JOIN answers a USING (provider) GROUP BY provider`.execute(db);
  const limits = await sql<SharesOfProvider>`
    SELECT l.provider, l.allowed, l.base_ms AS "usualMs", l.paused_until_ms AS "pausedUntilMs",
           coalesce(sum(s.granted), 0)::int AS granted, coalesce(sum(s.wanted), 0)::int AS wanted,
           count(s.process_id)::int AS processes
      FROM provider_limits l
      LEFT JOIN provider_shares s ON s.provider = l.provider AND s.expires_at_ms > ${nowMs}
     GROUP BY l.provider`.execute(db);
  const names = new Set([...limits.rows, ...calls.rows].map(({ provider }) => provider));
  return [...names].sort().map((name) =>
    providerOf(
      name,
      calls.rows.find(({ provider }) => provider === name),
      limits.rows.find(({ provider }) => provider === name),
      nowMs,
    ),
  );
}

export async function readWorkers(db: Database, nowMs: number): Promise<Facts['workers']> {
  const workers = await sql<Parameters<typeof workersOf>[0][number]>`
    SELECT e.id, e.host, e.pid, e.application_version AS version, p.places,
           (extract(epoch FROM e.started_at) * 1000)::bigint AS "startedAtMs",
           (extract(epoch FROM h.beat_at) * 1000)::bigint AS "beatAtMs",
           CASE WHEN e.dead_at IS NOT NULL THEN 'dead'
                WHEN h.beat_at <= clock_timestamp() - make_interval(secs => ${LEASE_MS / 1_000}) THEN 'silent'
                ELSE 'alive' END AS state
      FROM afterword_engine.executors e
      JOIN afterword_engine.heartbeats h ON h.executor_id = e.id
      LEFT JOIN worker_places p ON p.executor_id = e.id
     WHERE e.dead_at IS NULL OR h.beat_at > clock_timestamp() - make_interval(secs => ${GONE_AFTER_MS / 1_000})
     ORDER BY e.started_at DESC LIMIT ${MOST_WORKERS}`
    .execute(db)
    .catch((error: { code?: unknown }) => {
      if (error.code === NO_SUCH_TABLE) return { rows: [] };
      throw error;
    });
  if (workers.rows.length === 0) return [];
  const held = await sql<Parameters<typeof workersOf>[1][number]>`
    SELECT h.*, (SELECT max(b.began_at_ms) FROM stage_begins b WHERE b.subject = h.id AND b.began_at_ms <= ${nowMs}) AS "sinceMs"
      FROM (SELECT id, 'recording' AS kind, user_id AS "userId", held_by AS "workerId", crashes,
                   CASE WHEN duration_ms > 0 THEN least(1, heard_ms::float8 / duration_ms) END AS share
              FROM recordings WHERE held_by IS NOT NULL AND finished_at_ms IS NULL
            UNION ALL
            SELECT id, 'conversation', user_id, held_by, crashes, NULL FROM conversations WHERE held_by IS NOT NULL
            LIMIT ${MOST_HELD}) h`.execute(db);
  return workersOf(workers.rows, held.rows);
}
