import type { Database } from '../../src/store/database.ts';
import type { Recording } from '../../src/store/schema.ts';

/** A person `ada` with a recording `rec` that a worker is at. */
export async function storedRecording(
  db: Database,
  more: { piece_limits?: string | null } = {},
): Promise<Recording> {
  await db.insertInto('users').values({ id: 'ada', created_at_ms: 0 }).execute();
  return await db
    .insertInto('recordings')
    .values({
      id: 'rec',
      user_id: 'ada',
      sha256: 'rec',
      size_bytes: 1000,
      name: 'rec',
      device_id: 'phone',
      microphone: 'omi',
      codec: null,
      started_at_ms: 0,
      accepted_at_ms: 0,
      outcome: 'processing',
      code: null,
      reason: null,
      ...more,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
