/**
 * Reads what all estimates of a process share: the lines, what is under way, the places, the rates. It is read when somebody
 * asks, once a second at most; a line of 100,000 takes a tenth of a second, so a long one is read less often.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Lane } from '../store/tables/columns.ts';
import type { LaneLoad, LinePoint, Load, UnderWay } from './rule.ts';

const KEPT_MS = 1_000;
/** A sync brings many files at once, and each is told its place among them. */
const RENEWED_MS = 200;
/** Reading takes no more than this share of the time. */
const READING_SHARE = 1 / 30;
/** Of each line: its first ones are known exactly, and what is behind them to a two-hundredth. */
const POINTS = 200;
/** More are never under way in a fleet of a hundred workers. */
const MOST_RUNNING = 2_000;

/** A worker beats every second; one whose beats stop for so long is restarting or gone. */
const ALIVE_WITHIN_S = 10;

interface Kept {
  load: Promise<Load>;
  readAtMs: number;
  untilMs: number;
  /** From then on it is read again for whoever needs to see something that came after it. */
  renewableAtMs: number;
}

const KEPT = new WeakMap<Database, Kept>();

/** @param seesMs what happened until then is in it, if it was not read a moment ago */
export function loadOf(db: Database, seesMs = 0): Promise<Load> {
  const before = KEPT.get(db);
  const startedAt = performance.now();
  const untilMs = before && before.readAtMs < seesMs ? before.renewableAtMs : before?.untilMs;
  if (before && untilMs !== undefined && startedAt < untilMs) return before.load;
  const never = { untilMs: Number.POSITIVE_INFINITY, renewableAtMs: Number.POSITIVE_INFINITY };
  const kept: Kept = { load: readLoad(db), readAtMs: Date.now(), ...never };
  KEPT.set(db, kept);
  kept.load.then(
    () => {
      const nowMs = performance.now();
      const restMs = (nowMs - startedAt) / READING_SHARE;
      kept.untilMs = nowMs + Math.max(KEPT_MS, restMs);
      kept.renewableAtMs = nowMs + Math.max(RENEWED_MS, restMs);
    },
    () => KEPT.delete(db),
  );
  return kept.load;
}

export async function readLoad(db: Database): Promise<Load> {
  const atMs = Date.now();
  const [{ points, understood, rates }, { running, workers }] = await Promise.all([
    readWaiting(db),
    readWorkersNow(db, atMs),
  ]);
  const laneLoad = (lane: Lane): LaneLoad => {
    const line = points.filter((point) => point.lane === lane);
    return {
      waiting: line[0]?.total ?? 0,
      line,
      running: running.filter((one) => one.lane === lane),
    };
  };
  return {
    atMs,
    ...workers,
    lanes: { fresh: laneLoad('fresh'), backfill: laneLoad('backfill') },
    understanding: understood.map(({ seconds, beganAtMs }) => ({
      seconds,
      elapsedMs: elapsedMs(beganAtMs, atMs),
    })),
    rates,
  };
}

/** As `guessLengthMs` does where nothing was charged yet. */
const SECONDS_LEFT = sql<number>`greatest(0, (coalesce(duration_ms, charged_ms, size_bytes / 3) - heard_ms) / 1000.0)::float8`;

interface Waiting {
  points: (LinePoint & { lane: Lane; total: number })[];
  understood: { seconds: number; beganAtMs: number | null }[];
  rates: Load['rates'];
}

/** One statement, since this is read for single uploads too. */
async function readWaiting(db: Database): Promise<Waiting> {
  const { rows } = await sql<Waiting>`
    WITH waiting AS (
      SELECT lane, coalesce(next_try_at_ms, due_at_ms, accepted_at_ms) AS due, ${SECONDS_LEFT} AS seconds
        FROM recordings WHERE finished_at_ms IS NULL AND outcome = 'waiting'
    ), line AS (
      SELECT lane, due, seconds, row_number() OVER upto - 1 AS before, sum(seconds) OVER upto - seconds AS seconds_before,
             count(*) OVER (PARTITION BY lane) AS total
        FROM waiting WINDOW upto AS (PARTITION BY lane ORDER BY due ROWS UNBOUNDED PRECEDING)
    )
    SELECT (${listOf(sql`
    SELECT lane, due AS "dueAtMs", before, seconds_before AS "secondsBefore", seconds, total FROM line
     WHERE before < ${POINTS} OR before = total - 1 OR before % ceil(total / ${POINTS}::float8)::bigint = 0
     ORDER BY lane, before`)}) AS points,
           (${listOf(sql`
    SELECT ((c.ended_at_ms - c.started_at_ms) / 1000.0)::float8 AS seconds, b.began_at_ms AS "beganAtMs"
      FROM conversations c LEFT JOIN stage_begins b ON b.subject = c.id AND b.stage = 'understanding'
     WHERE c.held_by IS NOT NULL LIMIT ${MOST_RUNNING}`)}) AS understood,
           (${listOf(sql`
    SELECT stage, kind, busy, learned, updated_at_ms AS "updatedAtMs" FROM stage_rates`)}) AS rates`.execute(
    db,
  );
  return rows[0] ?? { points: [], understood: [], rates: [] };
}

function listOf(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`SELECT coalesce(json_agg(one), '[]') FROM (${query}) AS one`;
}

function elapsedMs(beganAtMs: number | null, nowMs: number): number {
  return beganAtMs === null ? 0 : Math.max(0, nowMs - beganAtMs);
}

type Workers = Pick<Load, 'places' | 'understandPlaces' | 'quietMs'>;

interface WorkersNow {
  running: (Omit<UnderWay, 'elapsedMs'> & { lane: Lane; beganAtMs: number | null })[];
  workers: Workers;
}

/** The first worker of a database creates the tables of leases. */
const NO_SUCH_TABLE = '42P01';

async function readWorkersNow(
  db: Database,
  nowMs: number,
): Promise<{ running: (UnderWay & { lane: Lane })[]; workers: Workers }> {
  const { rows } = await sql<WorkersNow>`
    SELECT (${listOf(sql`
    SELECT r.id, r.lane, r.stage, r.seconds, b.began_at_ms AS "beganAtMs",
           r.held_by IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM afterword_engine.executors e JOIN afterword_engine.heartbeats h ON h.executor_id = e.id
              WHERE e.id = r.held_by AND e.dead_at IS NULL
                AND h.beat_at > clock_timestamp() - make_interval(secs => ${ALIVE_WITHIN_S})) AS "isLost"
      FROM (SELECT id, lane, held_by, CASE WHEN heard_ms >= duration_ms THEN 'placing' ELSE 'transcribing' END AS stage,
                   coalesce(duration_ms, charged_ms, size_bytes / 3) / 1000.0::float8 AS seconds
              FROM recordings WHERE finished_at_ms IS NULL AND outcome = 'processing' LIMIT ${MOST_RUNNING}) r
      LEFT JOIN stage_begins b ON b.subject = r.id AND b.stage = r.stage`)}) AS running,
           (SELECT json_build_object('places', coalesce(sum(p.places), 0)::int,
                     'understandPlaces', coalesce(sum(p.understand_places), 0)::int,
                     'quietMs', coalesce(max(p.quiet_ms), 0))
              FROM worker_places p
              JOIN afterword_engine.executors e ON e.id = p.executor_id AND e.dead_at IS NULL
              JOIN afterword_engine.heartbeats h ON h.executor_id = e.id
             WHERE h.beat_at > clock_timestamp() - make_interval(secs => ${ALIVE_WITHIN_S})) AS workers`
    .execute(db)
    .catch(noneWithoutTables);
  const { running, workers } = rows[0] ?? {
    running: [],
    workers: { places: 0, understandPlaces: 0, quietMs: 0 },
  };
  return {
    running: running.map(({ beganAtMs, ...row }) => ({ ...row, elapsedMs: elapsedMs(beganAtMs, nowMs) })),
    workers,
  };
}

function noneWithoutTables(error: { code?: unknown }): { rows: [] } {
  if (error.code === NO_SUCH_TABLE) return { rows: [] };
  throw error;
}

export interface WorkerPlaces {
  executorId: string;
  places: number;
  understandPlaces: number;
  quietMs: number;
}

/** Told by each worker when it starts; the rows of dead ones go. */
export async function tellPlaces(
  db: Database,
  { executorId, places, understandPlaces, quietMs }: WorkerPlaces,
): Promise<void> {
  await sql`DELETE FROM worker_places WHERE executor_id NOT IN (
    SELECT id FROM afterword_engine.executors WHERE dead_at IS NULL)`.execute(db);
  const row = { places, understand_places: understandPlaces, quiet_ms: Math.round(quietMs) };
  await db
    .insertInto('worker_places')
    .values({ executor_id: executorId, ...row })
    .onConflict((conflict) => conflict.column('executor_id').doUpdateSet(row))
    .execute();
}
