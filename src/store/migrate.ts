import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the tables up to date. Several processes may start at once, because Kysely's migrator takes a lock. In a
 * rolling deployment an older process may start after a newer one: the tables are then newer than it, and still fit,
 * since migrations only add.
 */
export async function migrateStore(db: Database): Promise<void> {
  const migrations = await readMigrations();
  if (await isDone(db, new Set(Object.keys(migrations)))) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  // A process of the next version may have migrated already.
  if (error && !(await isDone(db, new Set(Object.keys(migrations))))) throw error;
}

/**
 * Says whether all known migrations are done, and perhaps more. It only reads, and needs no right to create anything.
 */
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
