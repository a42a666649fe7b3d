/**
 * Vitest's global set-up: one real PostgreSQL for the whole run, with a migrated database to copy from. It starts when
 * the first test asks for it, so a run of tests without a database costs no PostgreSQL.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

interface Running {
  templateUrl: string;
  stop(): Promise<void>;
}

/** Where Node keeps what it compiled, from one run to the next. It is inherited: the suite starts some 300 processes. */
const COMPILE_CACHE = join(tmpdir(), 'afterword-tests-compiled');

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  let running: Promise<Running> | undefined;
  // The tests run in processes of their own, so they ask over HTTP; the answer is the database's address.
  const desk = createServer(async (_request, response) => {
    running ??= start();
    try {
      response.end((await running).templateUrl);
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    }
  });
  await once(desk.listen(0, '127.0.0.1'), 'listening');
  project.provide('postgresDesk', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.closeAllConnections();
    desk.close();
    await (await running?.catch(() => undefined))?.stop();
  };
}

async function start(): Promise<Running> {
  // Loading these takes longer than most pure tests run.
  const [{ pino }, { startEmbeddedPostgres }, { migrateEngine }, { openDatabase }, { migrateStore }] =
    await Promise.all([
      import('pino'),
      import('../../src/embedded-postgres/start.ts'),
      import('../../src/engine/migrate.ts'),
      import('../../src/store/database.ts'),
      import('../../src/store/migrate.ts'),
    ]);
  const log = pino({ level: 'warn' });
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-tests-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  await migrateEngine(postgres.databaseUrl, log);
  const db = openDatabase(postgres.databaseUrl, log, 1);
  await migrateStore(db);
  // A database that is copied from may have no connection.
  await db.destroy();
  return {
    templateUrl: postgres.databaseUrl,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test asks for the database to copy from; empty for unit tests, which get none. */
    postgresDesk: string;
  }
}
