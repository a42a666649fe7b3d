import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

const KEY_BYTES = 32;

/** A secret that all processes of one database share; made by the one that first asks for it. */
export async function serverKey(db: Database, name: string): Promise<Buffer> {
  await db
    .insertInto('server_keys')
    .values({ name, key: randomBytes(KEY_BYTES) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('server_keys')
    .select('key')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.key;
}
