import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../store/database.ts';

/** How much speech of a recording is shown with another one. */
export const HeardElsewhere = z.object({ recordingId: z.string(), ms: z.number() });

export type HeardElsewhere = z.infer<typeof HeardElsewhere>;

/** Of several recordings at once, what of them is hidden, and which other recording says it. */
export async function heardElsewhere(
  db: Database,
  userId: string,
  recordingIds: string[],
): Promise<(recordingId: string) => HeardElsewhere[]> {
  if (recordingIds.length === 0) return () => [];
  const rows = await db
    .selectFrom('segments')
    .innerJoin('repetitions', 'repetitions.segment_id', 'segments.id')
    .select([
      'segments.recording_id as id',
      'repetitions.recording_id as recordingId',
      sql<string>`sum(segments.ended_at_ms - segments.started_at_ms)`.as('ms'),
    ])
    .where('segments.recording_id', 'in', recordingIds)
    .where('segments.user_id', '=', userId)
    .groupBy(['segments.recording_id', 'repetitions.recording_id'])
    .orderBy('repetitions.recording_id')
    .execute();
  const byRecording = Map.groupBy(rows, (row) => row.id);
  return (id) => (byRecording.get(id) ?? []).map(({ recordingId, ms }) => ({ recordingId, ms: Number(ms) }));
}
