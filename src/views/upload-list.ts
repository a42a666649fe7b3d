/** The uploads of a person as a list: how many files each had and what became of them, without reading the files. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { isFinished } from '../events/finished-upload.ts';
import type { Database } from '../store/database.ts';
import { FileCounts } from './uploads.ts';

export const UploadPage = z
  .object({
    uploads: z.array(
      z.object({
        id: z.string(),
        status: z
          .enum(['processing', 'done'])
          .describe('`done` once its last file and the conversations of its words are'),
        acceptedAtMs: EpochMs,
        doneAtMs: EpochMs.nullable().describe('null while it is processed, and where that was not noted'),
        tookMs: z
          .number()
          .int()
          .nullable()
          .describe(
            'Until it was done: from when it was accepted, or from when the last of its files was begun again, as after its time was told',
          ),
        sizeBytes: z.number().int(),
        durationMs: z.number().int().describe('Of its files, as far as they are decoded'),
        heardMs: z.number().int().describe('Of these, how much is transcribed'),
        firstName: z.string().nullable().describe('The name of its first file'),
        counts: FileCounts,
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'UploadPage' });

type UploadRow = z.infer<typeof UploadPage>['uploads'][number];

/** Latest accepted first. */
export async function listUploads(
  db: Database,
  userId: string,
  limit: number,
  after: { atMs: number; id: string } | null,
): Promise<UploadRow[]> {
  const place = after ? sql`(accepted_at_ms, id) < (${after.atMs}::bigint, ${after.id}::text)` : sql`true`;
  // A file that was refused or failed goes on when its time is told or it is sent again, after its upload had ended.
  const isDone = sql<boolean>`(e.upload_id IS NOT NULL AND f.pending = 0
    AND (f.last_finished_at_ms IS NULL OR f.last_finished_at_ms <= e.at_ms OR ${isFinished(sql.ref('u.id'))}))`;
  const doneAtMs = sql`CASE WHEN e.number > 0 AND ${isDone} THEN greatest(e.at_ms, f.last_finished_at_ms) END`;
  const { rows } = await sql<UploadRow>`
    SELECT u.id, CASE WHEN ${isDone} THEN 'done' ELSE 'processing' END AS status,
           u.accepted_at_ms AS "acceptedAtMs", ${doneAtMs} AS "doneAtMs",
           ${doneAtMs} - least(${doneAtMs}, greatest(u.accepted_at_ms, f.last_accepted_at_ms)) AS "tookMs",
           f."sizeBytes", f."durationMs", f."heardMs", f."firstName", f.counts
      FROM (SELECT id, accepted_at_ms FROM uploads WHERE user_id = ${userId} AND ${place}
             ORDER BY accepted_at_ms DESC, id DESC LIMIT ${limit}) u
      LEFT JOIN upload_ends e ON e.upload_id = u.id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(r.size_bytes), 0)::bigint AS "sizeBytes", coalesce(sum(r.duration_ms), 0)::bigint AS "durationMs",
              coalesce(sum(r.heard_ms), 0)::bigint AS "heardMs",
              (array_agg(f.name ORDER BY f.position))[1] AS "firstName",
              max(r.finished_at_ms) AS last_finished_at_ms, max(r.accepted_at_ms) AS last_accepted_at_ms,
              count(*) FILTER (WHERE r.outcome IN ('waiting', 'processing')) AS pending,
              json_build_object(
                'files', count(*), 'pending', count(*) FILTER (WHERE r.outcome IN ('waiting', 'processing')),
                'heard', count(*) FILTER (WHERE r.outcome IN ('completed', 'silent')),
                'refused', count(*) FILTER (WHERE r.outcome = 'rejected'),
                'failed', count(*) FILTER (WHERE r.outcome = 'failed'),
                'deleted', count(*) FILTER (WHERE r.outcome = 'deleted')) AS counts
         FROM upload_files f JOIN recordings r ON r.id = f.recording_id AND r.user_id = ${userId}
        WHERE f.upload_id = u.id) f
     ORDER BY u.accepted_at_ms DESC, u.id DESC`.execute(db);
  return rows;
}
