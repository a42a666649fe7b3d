/** What is at the ends of recordings, as rows: what is there may go on in another recording. */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import type { RecordingEndsTable } from '../store/tables/borders.ts';
import { FARTHEST_MS, type HeardRecording, type RecordingEnd } from '../timeline/borders.ts';

export interface Ends {
  head: RecordingEnd | null;
  tail: RecordingEnd | null;
}

export interface Neighbour extends HeardRecording {
  codec: Recording['codec'];
}

export async function keepEnds(
  tx: Tx,
  recordingId: string,
  { head, tail }: Ends,
  durationMs: number,
): Promise<void> {
  const row = {
    head_reach_ms: head?.reachMs ?? null,
    head_gap_ms: head?.gapMs ?? null,
    head_speech_ms: head?.speechMs ?? 0,
    tail_reach_ms: tail?.reachMs ?? null,
    tail_gap_ms: tail?.gapMs ?? null,
    tail_speech_ms: tail?.speechMs ?? 0,
  };
  await tx
    .insertInto('recording_ends')
    .values({ recording_id: recordingId, ...row })
    .onConflict((conflict) => conflict.column('recording_id').doUpdateSet(row))
    .execute();
  await tx.updateTable('recordings').set({ duration_ms: durationMs }).where('id', '=', recordingId).execute();
}

const COLUMNS = [
  'head_reach_ms',
  'head_gap_ms',
  'head_speech_ms',
  'tail_reach_ms',
  'tail_gap_ms',
  'tail_speech_ms',
] as const;

function endsOf(row: Omit<RecordingEndsTable, 'recording_id'>): Ends {
  const end = (reachMs: number | null, gapMs: number | null, speechMs: number) =>
    reachMs === null ? null : { reachMs, gapMs, speechMs };
  return {
    head: end(row.head_reach_ms, row.head_gap_ms, row.head_speech_ms),
    tail: end(row.tail_reach_ms, row.tail_gap_ms, row.tail_speech_ms),
  };
}

/** @returns null if a version that did not look for ends has heard it, or nobody yet */
export async function readEndsOf(tx: Tx, recordingId: string): Promise<Ends | null> {
  const row = await tx
    .selectFrom('recording_ends')
    .select(COLUMNS)
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return row ? endsOf(row) : null;
}

/** Whatever begins or ends further from both ends of the recording changes nothing about its borders. */
const REACH_MS = 2 * FARTHEST_MS;

/** @returns the recordings of this microphone around both ends, itself among them, at the time that it has here */
export async function readNear(tx: Tx, recording: Recording): Promise<Neighbour[]> {
  const { id, user_id, device_id, microphone, started_at_ms, duration_ms } = recording;
  if (started_at_ms === null || duration_ms === null) return [];
  const ends = [started_at_ms, started_at_ms + duration_ms];
  const rows = await tx
    .selectFrom('recordings')
    .innerJoin('recording_ends', 'recording_ends.recording_id', 'recordings.id')
    .select(['id', 'sha256', 'codec', 'started_at_ms', 'duration_ms', ...COLUMNS])
    .where('user_id', '=', user_id)
    .where('device_id', '=', device_id)
    .where('microphone', '=', microphone)
    .where('outcome', 'not in', ['deleted', 'rejected'])
    .where('duration_ms', 'is not', null)
    .where(({ or, eb, between }) =>
      or([
        eb('id', '=', id),
        ...ends.flatMap((atMs) => [
          between('started_at_ms', atMs - REACH_MS, atMs + REACH_MS),
          between(sql<number>`started_at_ms + duration_ms`, atMs - REACH_MS, atMs + REACH_MS),
        ]),
      ]),
    )
    .execute();
  return rows.map((row) => ({
    id: row.id,
    contentHash: row.sha256,
    codec: row.codec,
    startedAtMs: (row.id === id ? started_at_ms : row.started_at_ms) ?? 0,
    lengthMs: row.duration_ms ?? 0,
    ...endsOf(row),
  }));
}

/**
 * Finds the recording that came in the same upload, seems to go on at this end, and was not listened to yet. Recorders
 * make files of one length, so one that ends here began so long before.
 */
export async function expectedBeside(
  tx: Tx,
  recording: Recording,
  side: 'head' | 'tail',
  durationMs: number,
): Promise<string | null> {
  const { id, user_id, device_id, microphone, started_at_ms } = recording;
  if (started_at_ms === null) return null;
  const atMs = side === 'tail' ? started_at_ms + durationMs : started_at_ms - durationMs;
  const found = await tx
    .selectFrom('recordings')
    .select('id')
    .where('user_id', '=', user_id)
    .where('device_id', '=', device_id)
    .where('microphone', '=', microphone)
    .where('id', '<>', id)
    .where(({ between }) => between('started_at_ms', atMs - FARTHEST_MS, atMs + FARTHEST_MS))
    .where('finished_at_ms', 'is', null)
    // One that waits for a provider, or over which a process died, may take long.
    .where('next_try_at_ms', 'is', null)
    .where('crashes', '=', 0)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('recording_ends').select('recording_id').whereRef('recording_id', '=', 'recordings.id'),
        ),
      ),
    )
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('upload_files')
        .select('recording_id')
        .where(
          'upload_id',
          'in',
          selectFrom('upload_files').select('upload_id').where('recording_id', '=', id),
        ),
    )
    .orderBy(sql`abs(started_at_ms - ${atMs}::bigint)`)
    .orderBy('sha256')
    .limit(1)
    .executeTakeFirst();
  return found?.id ?? null;
}
