import { z } from 'zod';
import type { Reader } from '../store/database.ts';
import { OutcomeBody } from './recordings.ts';

export const KnownBody = z
  .object({
    sha256: z.string(),
    recordingId: z.string(),
    outcome: OutcomeBody,
  })
  .meta({ id: 'KnownContent' });

/**
 * Says which contents are recordings of this person, so that a client need not send them. Nothing else is learned: what
 * others have, and what was deleted, is not known. Nothing is made, restored or referred to.
 */
export async function knownContents(
  db: Reader,
  userId: string,
  contents: readonly string[],
): Promise<z.infer<typeof KnownBody>[]> {
  const rows = await db
    .selectFrom('recordings')
    .select(['id', 'sha256', 'outcome'])
    .where('user_id', '=', userId)
    .where('sha256', 'in', [...new Set(contents)])
    .where('outcome', '<>', 'deleted')
    // Those bytes are not here, so they are wanted.
    .where((eb) => eb.or([eb('code', 'is', null), eb('code', 'not in', ['part_too_large', 'blob_missing'])]))
    .execute();
  return rows.map(({ id, sha256, outcome }) => ({ sha256, recordingId: id, outcome }));
}
