/** How much waits in each lane, and since when: one statement over what is unfinished, which has an index. */
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';

export interface LaneState {
  lane: 'fresh' | 'backfill' | 'conversations';
  waiting: number;
  /** null of conversations: that one is worked on is not in its row. */
  processing: number | null;
  oldestMs: number;
}

export async function lookAtQueue(db: Database, nowMs: number): Promise<LaneState[]> {
  const { rows } = await sql<LaneState>`
    SELECT known.lane, count(r.id) FILTER (WHERE r.outcome = 'waiting')::int AS waiting,
           count(r.id) FILTER (WHERE r.outcome = 'processing')::int AS processing,
           greatest(0, ${nowMs}::bigint - min(r.accepted_at_ms) FILTER (WHERE r.outcome = 'waiting')) AS "oldestMs"
      FROM unnest(ARRAY['fresh', 'backfill']) AS known (lane)
      LEFT JOIN recordings r ON r.lane = known.lane AND r.finished_at_ms IS NULL
     GROUP BY known.lane
    UNION ALL
    SELECT 'conversations', count(*)::int, NULL, greatest(0, ${nowMs}::bigint - min(updated_at_ms))
      FROM conversations
     WHERE understood_revision < revision AND merged_into IS NULL AND failure IS NULL`.execute(db);
  return rows.map((row) => ({ ...row, oldestMs: Number(row.oldestMs ?? 0) }));
}
