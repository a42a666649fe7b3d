import type { Insertable } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Recording, Schema } from '../../src/store/schema.ts';

/** A recording of the person `ada` by her phone that a worker is at, unless `more` says otherwise. */
export async function addRecording(
  db: Database,
  id: string,
  more: Partial<Insertable<Schema['recordings']>> = {},
): Promise<Recording> {
  return await db
    .insertInto('recordings')
    .values({
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
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A person `ada` with a recording `rec` that a worker is at. */
export async function storedRecording(
  db: Database,
  more: { piece_limits?: string | null } = {},
): Promise<Recording> {
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  return await addRecording(db, 'rec', { started_at_ms: 0, ...more });
}
