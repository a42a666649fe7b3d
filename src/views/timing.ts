/** Where the time of an upload went or goes, as its owner sees it; the log's `sync_timing` lines are made of the same rows. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Database } from '../store/database.ts';
import { criticalPath, type TimedEvent } from '../timing/critical-path.ts';

export const TimingBody = z
  .object({
    uploadId: z.string(),
    status: z.enum(['processing', 'done']),
    acceptedAtMs: EpochMs,
    totalMs: z.number().int().describe('From its acceptance to its end, or to now'),
    files: z.number().int(),
    uploadBytes: z.number().int(),
    pieces: z.number().int().describe('Pieces of speech that were transcribed'),
    speechSeconds: z.number(),
    path: z
      .array(
        z.object({
          stage: z
            .string()
            .describe(
              'accepting, queued, transcribing, placing, settling, understanding; waiting: for the next attempt',
            ),
          code: z.string().nullable().describe('Why it waited'),
          subject: z.string().describe('The id of what it was about'),
          fromMs: EpochMs,
          ms: z.number().int(),
        }),
      )
      .describe('The chain that decided when it was done, waits included: its parts add up to totalMs'),
    stages: z.record(z.string(), z.number().int()).describe('The same by stage'),
    calls: z
      .array(
        z.object({
          kind: z.string(),
          provider: z.string(),
          calls: z.number().int(),
          tries: z.number().int().describe('The most calls for one answer'),
          failed: z.number().int(),
          ms: z.number().int().describe('Of all calls together; many run at once'),
        }),
      )
      .describe('Calls for its recordings, by provider'),
  })
  .meta({ id: 'UploadTiming' });

export type TimingView = z.infer<typeof TimingBody>;

/** @returns null if the person has no such upload */
export async function readTiming(
  db: Database,
  userId: string,
  id: string,
  nowMs = Date.now(),
): Promise<TimingView | null> {
  const { rows: uploads } = await sql<{
    acceptedAtMs: number;
    files: number;
    uploadBytes: number;
    pieces: number;
    speechMs: number;
  }>`
    SELECT u.accepted_at_ms AS "acceptedAtMs", count(r.id)::int AS files,
           coalesce(sum(r.size_bytes), 0)::bigint AS "uploadBytes",
           coalesce(sum(p.pieces), 0)::int AS pieces, coalesce(sum(p.ms), 0)::bigint AS "speechMs"
      FROM uploads u
      JOIN upload_files f ON f.upload_id = u.id
      JOIN recordings r ON r.id = f.recording_id AND r.user_id = u.user_id
      LEFT JOIN LATERAL (
             SELECT count(*) AS pieces, sum(end_ms - start_ms - coalesce((
                      SELECT sum((pause->>'toMs')::int - (pause->>'fromMs')::int)
                        FROM jsonb_array_elements(pauses) pause), 0)) AS ms FROM pieces WHERE recording_id = r.id) p ON true
     WHERE u.id = ${id} AND u.user_id = ${userId}
     GROUP BY u.id`.execute(db);
  const [upload] = uploads;
  if (!upload) return null;
  const { acceptedAtMs, files, uploadBytes, pieces, speechMs } = upload;
  const { parts, totalMs, isDone } = criticalPath(id, acceptedAtMs, await readTimed(db, userId, id), nowMs);
  const stages: Record<string, number> = {};
  for (const { stage, ms } of parts) stages[stage] = (stages[stage] ?? 0) + ms;
  return {
    uploadId: id,
    status: isDone ? 'done' : 'processing',
    acceptedAtMs,
    totalMs,
    files,
    uploadBytes,
    pieces,
    speechSeconds: speechMs / 1000,
    path: parts,
    stages,
    calls: await readCallSums(db, userId, id),
  };
}

async function readTimed(db: Database, userId: string, id: string): Promise<TimedEvent[]> {
  const { rows } = await sql<TimedEvent>`
    SELECT number, type, at_ms AS "atMs", recording_id AS "recordingId", conversation_id AS "conversationId",
           data->>'stage' AS stage, data->>'code' AS code
      FROM events
     WHERE user_id = ${userId} AND upload_ids @> ARRAY[${id}]::text[] AND type <> 'recording.progress'
     ORDER BY number`.execute(db);
  return rows;
}

async function readCallSums(db: Database, userId: string, id: string): Promise<TimingView['calls']> {
  const { rows } = await sql<TimingView['calls'][number]>`
    SELECT kind, provider, count(*)::int AS calls, (max(round) + 1)::int AS tries,
           (count(*) FILTER (WHERE outcome = 'error'))::int AS failed,
           coalesce(sum(greatest(0, finished_at_ms - started_at_ms)), 0)::bigint AS ms
      FROM outside_calls
     WHERE user_id = ${userId} AND outcome IS DISTINCT FROM 'not_asked'
       AND (recording_id IN (SELECT recording_id FROM upload_files WHERE upload_id = ${id})
            OR conversation_id IN (SELECT conversation_id FROM segments
                                    WHERE recording_id IN (SELECT recording_id FROM upload_files WHERE upload_id = ${id})))
     GROUP BY kind, provider ORDER BY min(started_at_ms)`.execute(db);
  return rows;
}
