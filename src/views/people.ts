/** The people whom somebody has named, by name. */
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { selectPeople } from '../speakers/people.ts';
import type { Database } from '../store/database.ts';

export const PersonBody = z
  .object({
    id: z.string().describe('Also the id of the speaker in conversations'),
    name: z.string(),
    isOwner: z.boolean().describe('It is you'),
    added: z
      .boolean()
      .describe('false: a speaker who was named in a conversation, and goes with the last voice'),
    createdAtMs: EpochMs.nullable(),
    updatedAtMs: EpochMs.nullable(),
  })
  .meta({ id: 'Person' });

export const PeopleBody = z.object({ people: z.array(PersonBody) }).meta({ id: 'People' });

export type PersonView = z.infer<typeof PersonBody>;

export async function listPeople(db: Database, userId: string, only?: string): Promise<PersonView[]> {
  let query = selectPeople(db, userId)
    .select(['id', 'name', 'is_owner as isOwner', 'kept as added'])
    .select(['created_at_ms as createdAtMs', 'updated_at_ms as updatedAtMs'])
    .orderBy('name')
    .orderBy('id');
  if (only !== undefined) query = query.where('id', '=', only);
  return (await query.execute()).map((row) => ({ ...row, name: row.name ?? '' }));
}
