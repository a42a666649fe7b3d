/**
 * Vitest's global set-up: one real PostgreSQL for the whole run, with a migrated database to copy from, and the files of
 * such a PostgreSQL at rest, for servers that have one of their own. Both are made when the first test asks for them, so a
 * run of tests without a database costs no PostgreSQL.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

interface Running {
  templateUrl: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
/** What a test asks the desk for: the address of the migrated database, or the folder with the files of one at rest. */
export const DATABASE_DESK = '/database';
export const CLUSTER_DESK = '/cluster';

/** Where Node keeps what it compiled, from one run to the next. It is inherited: the suite starts some 300 processes. */
const COMPILE_CACHE = join(tmpdir(), 'afterword-tests-compiled');

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  let cluster: Promise<string> | undefined;
  let running: Promise<Running> | undefined;
  const makeCluster = () => (cluster ??= prepareCluster());
  const start = () => (running ??= makeCluster().then(startOnCopy));
  // The tests run in processes of their own, so they ask over HTTP; the answer is the database's address, or a folder.
  const desk = createServer(async ({ url }, response) => {
    try {
      response.end(url === CLUSTER_DESK ? await makeCluster() : (await start()).templateUrl);
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
    const folder = await cluster?.catch(() => undefined);
    if (folder) await rm(folder, { recursive: true, force: true });
  };
}

/** @returns a data folder with all tables and no server, to be copied */
async function prepareCluster(): Promise<string> {
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
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-tests-cluster-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    await migrateEngine(postgres.databaseUrl, log);
    const db = openDatabase(postgres.databaseUrl, log, 1);
    await migrateStore(db);
    await db.destroy();
  } finally {
    await postgres.stop();
  }
  // Each copy would try the port of this one, and two at once would fight for it.
  const credentials = join(dataDir, 'postgres.json');
  const { port: _, ...others } = JSON.parse(await readFile(credentials, 'utf8')) as Record<string, unknown>;
  await writeFile(credentials, `${JSON.stringify(others)}\n`);
  return dataDir;
}

/** Owners and modes are kept, because PostgreSQL may belong to another account than the tests. */
export async function copyCluster(cluster: string, dataDir: string): Promise<void> {
  await run('cp', ['-a', join(cluster, 'postgres.json'), join(cluster, 'pgdata'), dataDir]);
}

/** A database that is copied from may have no connection, so nothing else uses this one. */
async function startOnCopy(cluster: string): Promise<Running> {
  const [{ pino }, { startEmbeddedPostgres }] = await Promise.all([
    import('pino'),
    import('../../src/embedded-postgres/start.ts'),
  ]);
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-tests-'));
  await copyCluster(cluster, dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'warn' }) });
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
