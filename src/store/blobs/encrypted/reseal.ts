/** Which of the operator's keys the stored audio needs, and how it comes to need only the newest. */
import { sql } from 'kysely';
import type { SecretBox } from '../../../sign-in/secret-box.ts';
import type { Database } from '../../database.ts';
import { placeOf } from './store.ts';

/** Two keys and a row take 20 µs, so a batch holds its locks for a few hundredths of a second. */
const BATCH = 1_000;

export interface KeyUse {
  /** Tells the key without telling anything about it. */
  name: string;
  objects: number;
}

export async function keysInUse(db: Database): Promise<KeyUse[]> {
  const { rows } = await sql<KeyUse>`
    SELECT split_part(sealed, '.', 2) AS name, count(*) AS objects
      FROM object_keys GROUP BY 1 ORDER BY 1`.execute(db);
  return rows;
}

/** The names of keys that are needed and not known. One look at the index for each key, however many objects there are. */
export async function missingKeys(db: Database, known: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    WITH RECURSIVE used AS (
      (SELECT split_part(sealed, '.', 2) AS name FROM object_keys ORDER BY 1 LIMIT 1)
      UNION ALL
      SELECT (SELECT split_part(sealed, '.', 2) FROM object_keys
               WHERE split_part(sealed, '.', 2) > used.name ORDER BY 1 LIMIT 1)
        FROM used WHERE used.name IS NOT NULL)
    SELECT name FROM used WHERE name IS NOT NULL`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !known.includes(name));
}

/**
 * Seals each data key anew that another key than the newest has sealed. The objects stay as they are, and so does every
 * process that reads them: it may be stopped and run again at any time.
 * @returns the number of objects
 */
export async function resealAll(db: Database, box: SecretBox, told: (done: number) => void): Promise<number> {
  const [newest] = box.names;
  if (newest === undefined) throw new Error('there is no key to seal with');
  let done = 0;
  for (;;) {
    const batch = await db.transaction().execute(async (tx) => {
      const rows = await tx
        .selectFrom('object_keys')
        .selectAll()
        .where(sql<string>`split_part(sealed, '.', 2)`, '<>', newest)
        .orderBy('key')
        .limit(BATCH)
        .forUpdate()
        .execute();
      for (const { key, sealed, size_bytes } of rows) {
        const place = placeOf(key, size_bytes);
        await tx
          .updateTable('object_keys')
          .set({ sealed: box.seal(box.open(sealed, place), place) })
          .where('key', '=', key)
          .execute();
      }
      return rows.length;
    });
    done += batch;
    if (batch < BATCH) return done;
    told(done);
  }
}
