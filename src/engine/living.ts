import { LEASE_MS } from './leases.ts';
import type { Queryable } from './queryable.ts';

/** Workers that are alive or were lately, by their leases. */
export interface Living {
  alive: number;
  /** Of those alive, how long the one that has been there the longest has been. */
  longestMs: number;
  /** Those that ended without giving their lease back in the last five minutes. */
  lost: number;
}

const LOOK = `
  SELECT count(*) FILTER (WHERE e.dead_at IS NULL AND h.beat_at > now.at - make_interval(secs => $1))::int AS alive,
         coalesce(max(extract(epoch FROM now.at - e.started_at))
           FILTER (WHERE e.dead_at IS NULL AND h.beat_at > now.at - make_interval(secs => $1)), 0)::float8 * 1000 AS "longestMs",
         count(*) FILTER (WHERE h.beat_at <= now.at - make_interval(secs => $1)
           AND h.beat_at > now.at - interval '5 minutes')::int AS lost
    FROM (SELECT clock_timestamp() AS at) AS now, afterword_engine.executors e
    JOIN afterword_engine.heartbeats h ON h.executor_id = e.id`;

export async function livingWorkers(client: Queryable): Promise<Living> {
  try {
    const { rows } = await client.query(LOOK, [LEASE_MS / 1000]);
    return rows[0] as Living;
  } catch (error) {
    // The first worker of a database makes the tables.
    if ((error as { code?: unknown }).code === '42P01') return { alive: 0, longestMs: 0, lost: 0 };
    throw error;
  }
}
