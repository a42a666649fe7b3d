import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { EngineError, messageOf } from '../engine/errors.ts';
import { makeFolder } from '../folders.ts';
import { ensureCluster, locateBinaries, pgdataOf } from './cluster.ts';
import { DATABASE, ensureDatabase } from './connect.ts';
import { ensureCredentials, rememberPort, urlOf } from './credentials.ts';
import { type PostgresServer, type Site, startOrAdopt } from './launch.ts';
import { postmasterState, shutDown } from './postmaster.ts';
import { chooseRunAs } from './run-as.ts';
import { boundServerLog } from './server-log.ts';

export interface EmbeddedPostgres {
  /** Stays valid over restarts of the server. Holds the password: never log it. */
  readonly databaseUrl: string;
  /** Whether a server that was already running on the folder was taken over. */
  readonly adopted: boolean;
  /** The server's process; another one after a restart. */
  readonly pid: number;
  /** Ends the server, also an adopted one. May be called repeatedly. */
  stop(): Promise<void>;
  /** Stops watching the server without ending it, because it belongs to another process (`already_running`). */
  detach(): void;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  log: Logger;
  /** Gives up starting. A server that has started is ended by `stop`. */
  signal?: AbortSignal;
  /** Further variables for the server's environment. */
  environment?: Record<string, string>;
}

const LONGEST_PAUSE_MS = 5_000;

async function prepare({
  dataDir: requested,
  log,
  signal,
  environment = {},
}: EmbeddedPostgresOptions): Promise<Site> {
  // Under root the account that runs PostgreSQL must pass through the folder, but need not list it.
  await makeFolder(requested, process.getuid?.() === 0 ? 0o711 : 0o700);
  const dataDir = await realpath(requested);
  const binaries = await locateBinaries();
  const runAs = await chooseRunAs(dataDir, binaries.postgres);
  const credentials = await ensureCredentials(dataDir, runAs.owner);
  await ensureCluster(dataDir, binaries, runAs, credentials, signal);
  return { dataDir, binaries, runAs, credentials, log, environment };
}

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const over = new AbortController();
  const site = await prepare(options);
  let server = await startOrAdopt(site, undefined, options.signal ?? over.signal);
  const { port, adopted } = server;
  try {
    site.credentials = await rememberPort(site.dataDir, site.credentials, port, site.runAs.owner);
    await ensureDatabase(site.credentials, port);
  } catch (error) {
    if (!adopted) await shutDown(server, log);
    throw error;
  }
  const how = adopted ? 'PostgreSQL was still running on the data folder and is used' : 'PostgreSQL started';
  log.info({ server: server.pid, port, adopted }, how);

  /** Tries again for ever, because this process cannot work without its database, and the next attempt may succeed. */
  async function restart(): Promise<PostgresServer> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await startOrAdopt(site, port, over.signal);
      } catch (error) {
        over.signal.throwIfAborted();
        log.error(
          { reason: messageOf(error), attempt },
          'PostgreSQL could not be restarted; the next attempt follows in seconds',
        );
        await delay(Math.min(100 * 2 ** attempt, LONGEST_PAUSE_MS), undefined, { signal: over.signal });
      }
    }
  }

  async function lookAfter(): Promise<void> {
    for (;;) {
      const why = await server.gone;
      if (over.signal.aborted) return;
      log.error({ server: server.pid, why }, 'PostgreSQL ended by itself and is restarted');
      server = await restart();
      log.warn({ server: server.pid, port }, 'PostgreSQL runs again');
    }
  }

  const watching = lookAfter().catch((error) => {
    if (!over.signal.aborted)
      log.error(
        { reason: messageOf(error) },
        'PostgreSQL is not restarted any more if it ends: restart Afterword',
      );
  });
  const bounding = setInterval(() => {
    boundServerLog(site.dataDir).catch((error) =>
      log.warn(
        { reason: messageOf(error) },
        'postgres.log could not be shortened; it is tried again in a minute',
      ),
    );
  }, 60_000).unref();

  function detach(): void {
    over.abort(new EngineError('aborted', 'PostgreSQL is no longer looked after by this process'));
    clearInterval(bounding);
  }

  async function end(): Promise<void> {
    detach();
    // A process number may have been reused since an adopted server died; never signal a stranger.
    if ((await postmasterState(server.pid, pgdataOf(site.dataDir))) === 'alive') await shutDown(server, log);
    await watching;
    log.info({ server: server.pid }, 'PostgreSQL stopped');
  }

  let ending: Promise<void> | undefined;
  return {
    databaseUrl: urlOf(site.credentials, port, DATABASE),
    adopted,
    get pid() {
      return server.pid;
    },
    stop() {
      ending ??= end();
      return ending;
    },
    detach,
  };
}
