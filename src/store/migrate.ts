import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the tables up to date. Safe with several processes starting at once: Kysely's migrator takes a lock. In a
 * rolling deployment a process of the version before may start after one of the next: the tables are ahead of it then,
 * and since migrations only add, they are good for it.
 */
export async function migrateStore(db: Database): Promise<void> {
  const migrations = await readMigrations();
  if (await isDone(db, new Set(Object.keys(migrations)))) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  // Somebody of the next version may have been faster.
  if (error && !(await isDone(db, new Set(Object.keys(migrations))))) throw error;
}

/** Whether all that is known here has been done, and perhaps more. Looks, and needs no right to create anything. */
async function isDone(db: Database, known: ReadonlySet<string>): Promise<boolean> {
  const { rows: tables } = await sql<{ there: boolean }>`
    SELECT to_regclass('kysely_migration') IS NOT NULL AS there`.execute(db);
  if (!tables[0]?.there) return false;
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
  const done = new Set(rows.map(({ name }) => name));
  return known.isSubsetOf(done);
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Record<string, Migration> = {};
  for (const name of names) {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) };
  }
  return migrations;
}
