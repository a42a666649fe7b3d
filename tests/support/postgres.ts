/** Vitest's global set-up: one real PostgreSQL for the whole run, with a migrated database to copy from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { migrateEngine } from '../../src/engine/migrate.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrateStore } from '../../src/store/migrate.ts';

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const log = pino({ level: 'warn' });
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-tests-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  await migrateEngine(postgres.databaseUrl, log);
  const db = openDatabase(postgres.databaseUrl, log, 1);
  await migrateStore(db);
  // A database that is copied from may have no connection.
  await db.destroy();
  project.provide('templateUrl', postgres.databaseUrl);
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    templateUrl: string;
  }
}
