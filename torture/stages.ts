/** Where every piece of work stands, read from the rows: what a kill is aimed by, and what it has hit. */
import type { World } from './world.ts';

export const WORK_STAGES = [
  'queued',
  'taken from the queue',
  'listening',
  'call in flight',
  'answered, not checkpointed',
  'heard, not placed',
  'placed, not checkpointed',
  'placed, not understood',
  'understanding',
  'understood, not checkpointed',
] as const;

export type Stage = (typeof WORK_STAGES)[number];

export interface Standing {
  id: string;
  stage: Stage;
  executorId: string | null;
  pid: number | null;
}

const STANDINGS = `
  SELECT w.workflow_uuid AS id, w.executor_id AS "executorId", e.pid,
         CASE
           WHEN w.name = 'ingest' AND w.status <> 'PENDING' THEN 'queued'
           WHEN w.name = 'ingest' THEN CASE
             WHEN r.finished_at_ms IS NOT NULL THEN 'placed, not checkpointed'
             WHEN r.outcome = 'waiting' THEN 'taken from the queue'
             WHEN EXISTS (SELECT 1 FROM dbos.operation_outputs o
                           WHERE o.workflow_uuid = w.workflow_uuid AND o.function_name = 'hear') THEN 'heard, not placed'
             WHEN EXISTS (SELECT 1 FROM provider_calls c
                           WHERE c.recording_id = r.id AND c.finished_at_ms IS NULL
                             AND c.started_at_ms >= w.started_at_epoch_ms) THEN 'call in flight'
             WHEN EXISTS (SELECT 1 FROM pieces p WHERE p.recording_id = r.id) THEN 'answered, not checkpointed'
             ELSE 'listening' END
           WHEN w.status <> 'PENDING' THEN 'placed, not understood'
           WHEN v.understood_revision < v.revision THEN 'understanding'
           ELSE 'understood, not checkpointed' END AS stage
    FROM dbos.workflow_status w
    LEFT JOIN recordings r ON w.name = 'ingest' AND r.id = split_part(w.workflow_uuid, ':', 2)
    LEFT JOIN conversations v ON w.name = 'understand' AND v.id = split_part(w.workflow_uuid, ':', 2)
    LEFT JOIN afterword_engine.executors e ON e.id = w.executor_id AND w.status = 'PENDING'
   WHERE w.status IN ('PENDING', 'ENQUEUED', 'DELAYED')`;

export async function standings(world: World): Promise<Standing[]> {
  return await world.ask<Standing>(STANDINGS);
}

/** The executor that a process is. */
export async function executorOf(world: World, pid: number): Promise<string | null> {
  const rows = await world.ask<{ id: string }>(
    'SELECT id FROM afterword_engine.executors WHERE pid = $1 ORDER BY started_at DESC LIMIT 1',
    [pid],
  );
  return rows[0]?.id ?? null;
}

/**
 * The calls to the provider that a kill has cut off: each may be made again, and no other one may. A call is counted
 * for one kill only.
 */
export class CutOffCalls {
  readonly #counted = new Set<number>();

  get count(): number {
    return this.#counted.size;
  }

  /** Right after the kill, while nobody has taken its work over yet. */
  async ofExecutor(world: World, executorId: string): Promise<number> {
    return this.#count(
      await world.ask<{ id: number }>(
        `SELECT c.id FROM provider_calls c
           JOIN dbos.workflow_status w ON w.name = 'ingest' AND c.recording_id = split_part(w.workflow_uuid, ':', 2)
          WHERE w.status = 'PENDING' AND w.executor_id = $1
            AND c.finished_at_ms IS NULL AND c.started_at_ms >= w.started_at_epoch_ms`,
        [executorId],
      ),
    );
  }

  /** What was in flight anywhere at a moment: its answer may have come while nothing could be stored. */
  async ofEverybody(world: World, fromMs: number, toMs: number): Promise<number> {
    return this.#count(
      await world.ask<{ id: number }>(
        `SELECT id FROM provider_calls WHERE kind = 'transcribe' AND started_at_ms <= $2 AND coalesce(finished_at_ms, $1) >= $1`,
        [fromMs, toMs],
      ),
    );
  }

  #count(rows: readonly { id: number }[]): number {
    const fresh = rows.filter(({ id }) => !this.#counted.has(id));
    for (const { id } of fresh) this.#counted.add(id);
    return fresh.length;
  }
}

/** Calls for audio that had been asked about before, as the provider counts them. */
export function repeatedCalls({ providers }: World): number {
  return Object.values(providers.callsByAudio()).reduce((sum, { calls }) => sum + Math.max(0, calls - 1), 0);
}

/** Answers that were stored and asked for all the same: there may be none, whatever was killed. */
export async function answersAskedAgain(world: World): Promise<number> {
  const rows = await world.ask<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM outside_calls WHERE kind = 'transcribe' AND outcome IN ('answered', 'unintelligible')
        GROUP BY recording_id, piece_ordinal HAVING count(DISTINCT question_id) > 1) AS twice`,
  );
  return Number(rows[0]?.count);
}
