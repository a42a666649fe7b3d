import type { Insertable } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Recording, Schema } from '../../src/store/schema.ts';

type Row = Insertable<Schema['recordings']>;

/** A recording of the person `ada` by her phone that a worker is at, unless `more` says otherwise. */
export async function addRecording(db: Database, id: string, more: Partial<Row> = {}): Promise<Recording> {
  return await db
    .insertInto('recordings')
    .values(recordingOf(id, more))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The row that `addRecording` writes, for those who write many at once. */
export function recordingOf(id: string, more: Partial<Row> = {}): Row {
  return {
    id,
    user_id: 'ada',
    sha256: id,
    size_bytes: 1000,
    name: id,
    device_id: 'phone',
    microphone: 'omi',
    codec: null,
    started_at_ms: 1_774_000_000_000,
    accepted_at_ms: 0,
    outcome: 'processing',
    code: null,
    reason: null,
    ...more,
  };
}

/** The row of a piece that the local model heard, in which one sentence is said; times are of the file. */
export function pieceOf(
  recordingId: string,
  ordinal: number,
  { startMs, endMs }: { startMs: number; endMs: number },
  said: { startMs: number; endMs: number; text: string },
): Insertable<Schema['pieces']> {
  return {
    recording_id: recordingId,
    ordinal,
    start_ms: startMs,
    end_ms: endMs,
    segments: JSON.stringify([{ ...said, speaker: null }]),
    unintelligible: false,
    guards: '[]',
    provider: 'local',
    model: 'moonshine',
    unknown_language: false,
  };
}

/** A person `ada` with a recording `rec` that a worker is at. */
export async function storedRecording(
  db: Database,
  more: { piece_limits?: string | null } = {},
): Promise<Recording> {
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  return await addRecording(db, 'rec', { started_at_ms: 0, ...more });
}
