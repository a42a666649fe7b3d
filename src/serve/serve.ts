/**
 * The api in this process, a worker in a process of its own beside it, and PostgreSQL, embedded unless DATABASE_URL
 * names one: all of Afterword on one machine. With `worker: false` it is one api of many.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { buildApi } from '../api/app.ts';
import type { Config } from '../config.ts';
import { acquireOwnership } from '../engine/embedded-postgres/ownership.ts';
import { startEmbeddedPostgres } from '../engine/embedded-postgres/start.ts';
import { migrateEngine } from '../engine/migrate.ts';
import { openBlobs } from '../store/blobs/open.ts';
import { Changes } from '../store/changes.ts';
import { openDatabase } from '../store/database.ts';
import { migrateStore } from '../store/migrate.ts';
import { ADDRESS_FILE } from './address.ts';
import { superviseWorker } from './worker-process.ts';

const POOL_SIZE = 10;

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Take any free port when the configured one is busy. */
  anyPort?: boolean;
  /** false: workers run elsewhere, on the same database. */
  worker?: boolean;
}

export async function serve(config: Config, log: Logger, options: ServeOptions = {}): Promise<Server> {
  // Undone in reverse order, also when the start itself fails half-way.
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      for (const step of undo.reverse())
        await step().catch((error) => log.error({ err: error }, 'stopping met an error'));
    })();
    return stopped;
  };
  try {
    const databaseUrl = config.databaseUrl ?? (await ownDatabase(config, log, undo));
    await migrateEngine(databaseUrl, log);
    const db = openDatabase(databaseUrl, log, POOL_SIZE);
    undo.push(() => db.destroy());
    await migrateStore(db);
    const blobs = await openBlobs(config.blobs ?? join(config.dataDir, 'blobs'));
    const changes = new Changes(databaseUrl, log);
    await changes.start();
    undo.push(() => changes.stop());

    if (options.worker !== false) {
      const worker = superviseWorker(config, databaseUrl, log);
      undo.push(() => worker.stop());
    }

    const app = await buildApi({
      db,
      blobs,
      changes,
      config,
      log,
      quietMs: config.quietMs,
      timeZone: config.timeZone,
    });
    undo.push(() => app.close());
    const url = await listen(app, config, options);
    const addressFile = join(config.dataDir, ADDRESS_FILE);
    await mkdir(config.dataDir, { recursive: true });
    await writeFile(addressFile, JSON.stringify({ url, pid: process.pid }));
    undo.push(() => rm(addressFile, { force: true }));
    log.info({ url }, 'Afterword is listening');
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ownDatabase(config: Config, log: Logger, undo: (() => Promise<unknown>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  let owned = false;
  // One that another server works with is not ours to stop.
  undo.push(async () => (owned ? await postgres.stop() : postgres.detach()));
  const ownership = await acquireOwnership(postgres.databaseUrl, log);
  owned = true;
  undo.push(() => ownership.release());
  return postgres.databaseUrl;
}

type App = Awaited<ReturnType<typeof buildApi>>;

async function listen(app: App, { host, port }: Config, { anyPort = false }: ServeOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if (!anyPort || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return await app.listen({ host, port: 0 });
  }
}
