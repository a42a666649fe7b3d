import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import type { Logger } from 'pino';
import { codeOf, EngineError, messageOf } from '../engine/errors.ts';
import { type PostgresBinaries, pgdataOf } from './cluster.ts';
import { connectToOurs } from './connect.ts';
import type { Credentials } from './credentials.ts';
import { type PostmasterFile, postmasterState, readPostmasterFile, shutDown } from './postmaster.ts';
import { type RunAs, spawnAs } from './run-as.ts';
import { openServerLog, serverLogSince } from './server-log.ts';

export interface Site {
  dataDir: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
  credentials: Credentials;
  log: Logger;
  /** Further variables for the server's environment; tests give it a clock that can be set. */
  environment: Record<string, string>;
}

export interface PostgresServer {
  pid: number;
  port: number;
  adopted: boolean;
  /** Resolves when the process is gone, with what is known about why. */
  gone: Promise<string>;
}

/**
 * How long starts that fail are tried again. The causes worth waiting for are short: a killed server that init
 * has not reaped yet, its last backends still holding the shared memory, a port taken in between.
 */
const RETRY_MS = 10_000;
/** A live server that does not answer is replaying its log after a crash: up to max_wal_size on a slow disk. */
const RECOVERY_MS = 120_000;
const POLL_MS = 30;
/** What PostgreSQL says (in the C locale it is given) about folders that no waiting will mend. */
const LASTING =
  /contains errors|are incompatible with server|wrong ownership|invalid permissions|not a valid data/;

/** Says whether the server refused our password, which waiting does not change: it is not this cluster's server. */
function refusesUs(error: unknown): boolean {
  return ['28P01', '28000'].includes(codeOf(error) ?? '');
}

async function watchAdopted(pid: number, pgdata: string): Promise<string> {
  while ((await postmasterState(pid, pgdata)) === 'alive') {
    await delay(250, undefined, { ref: false });
  }
  return 'it is no longer there';
}

function watchChild(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `ended with code ${code}`));
  });
}

/** Connects to a live server of this folder, which a killed supervisor has left (or which belongs to a living one). */
async function adopt(
  site: Site,
  file: PostmasterFile,
  signal: AbortSignal,
): Promise<PostgresServer | undefined> {
  const pgdata = pgdataOf(site.dataDir);
  const deadline = performance.now() + RECOVERY_MS;
  let reason = 'it has not opened a port';
  for (;;) {
    signal.throwIfAborted();
    // The file is complete only once the server listens, so look again each time.
    const current = await readPostmasterFile(pgdata);
    if (current?.pid !== file.pid) return undefined;
    if (current.port !== undefined) {
      try {
        await connectToOurs(site.dataDir, site.credentials, current.port);
        return { pid: file.pid, port: current.port, adopted: true, gone: watchAdopted(file.pid, pgdata) };
      } catch (error) {
        reason = messageOf(error);
        if (refusesUs(error)) break;
      }
    }
    if ((await postmasterState(file.pid, pgdata)) !== 'alive') return undefined;
    if (performance.now() > deadline) break;
    await delay(POLL_MS);
  }
  throw new EngineError(
    'postgres_unreachable',
    `A PostgreSQL server (process ${file.pid}) is running on ${pgdata} but cannot be used: ${reason}`,
  );
}

async function untilReady(
  site: Site,
  port: number,
  child: ChildProcess,
  gone: Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  let ended: string | undefined;
  void gone.then((why) => {
    ended = why;
  });
  const deadline = performance.now() + RECOVERY_MS;
  for (;;) {
    try {
      await connectToOurs(site.dataDir, site.credentials, port);
      return;
    } catch (error) {
      if (ended !== undefined) throw new Error(ended);
      const hopeless = refusesUs(error) || performance.now() > deadline || signal.aborted;
      if (hopeless) {
        await shutDown({ pid: child.pid ?? 0, gone }, site.log);
        signal.throwIfAborted();
        throw new EngineError(
          'postgres_start_failed',
          `PostgreSQL started but refuses us: ${messageOf(error)}`,
        );
      }
      await Promise.race([delay(POLL_MS), gone]);
    }
  }
}

async function spawnServer(
  site: Site,
  port: number,
  stalePid: number | undefined,
  signal: AbortSignal,
): Promise<PostgresServer> {
  const pgdata = pgdataOf(site.dataDir);
  const output = await openServerLog(site.dataDir, site.runAs.owner);
  const offset = (await output.stat()).size;
  try {
    const child = spawnAs(
      site.runAs,
      site.binaries.postgres,
      ['-D', pgdata, ...settingsArguments(serverSettings(port))],
      {
        stdio: ['ignore', output.fd, output.fd],
        /**
         * A lock file whose process is a zombie, or whose number went to another program, stops PostgreSQL for
         * ever: it only asks whether a process of that number exists. Removing the file would also remove the
         * shared-memory key in it, PostgreSQL's protection against backends that outlived their server. So it is
         * left, and PostgreSQL is told by pg_ctl's own means that this number is not a server.
         */
        env: {
          ...site.environment,
          ...(stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }),
        },
      },
    );
    // The child must not keep our process alive. If we are gone, the next start adopts it.
    child.unref();
    const gone = watchChild(child);
    try {
      await untilReady(site, port, child, gone, signal);
    } catch (error) {
      if (error instanceof EngineError || signal.aborted) throw error;
      const said = await serverLogSince(site.dataDir, offset);
      throw new Error(`${messageOf(error)}${said ? `: ${said}` : ''}`, { cause: error });
    }
    return { pid: child.pid ?? 0, port, adopted: false, gone };
  } finally {
    await output.close();
  }
}

/** Uses the server that runs on this folder, or starts one. It tries again while the obstacle may pass. */
export async function startOrAdopt(
  site: Site,
  fixedPort: number | undefined,
  signal: AbortSignal,
): Promise<PostgresServer> {
  const pgdata = pgdataOf(site.dataDir);
  const deadline = performance.now() + RETRY_MS;
  for (;;) {
    signal.throwIfAborted();
    const file = await readPostmasterFile(pgdata);
    const state = file ? await postmasterState(file.pid, pgdata) : 'gone';
    if (file && state !== 'gone') {
      const server = await adopt(site, file, signal);
      if (server) return server;
    }
    const port = fixedPort ?? (await choosePort(site.credentials.port));
    try {
      return await spawnServer(site, port, state === 'gone' ? file?.pid : undefined, signal);
    } catch (error) {
      if (error instanceof EngineError || signal.aborted) throw error;
      if (performance.now() > deadline || LASTING.test(messageOf(error))) {
        throw new EngineError(
          'postgres_start_failed',
          `PostgreSQL does not start on ${pgdata}: ${messageOf(error)} (see ${site.dataDir}/postgres.log)`,
          { cause: error },
        );
      }
      site.log.warn({ reason: messageOf(error) }, 'PostgreSQL did not start; it is started again');
      await delay(200, undefined, { signal });
    }
  }
}

/**
 * Gives the settings for the command line. They are not in postgresql.conf, so that a newer Afterword starts an older data
 * folder with its own settings.
 */
function serverSettings(port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket file would need a folder that both users may write to. TCP with a password needs none.
    unix_socket_directories: '',
    // These are set although they are the defaults: an accepted recording must survive a power cut.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    // 64 MB suit a home server. 100 connections are about 10 processes with a pool of 5 to 10 each.
    shared_buffers: '64MB',
    max_connections: '100',
    max_wal_size: '512MB',
    jit: 'off',
    // A client that was frozen (SIGSTOP, a closed laptop) inside a transaction would keep its locks for ever.
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    // Messages of level ERROR quote their input, as statements and DETAIL lines do, and so spoken words. This level leaves
    // them out and keeps the server's messages about itself.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
}

function settingsArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Ports are chosen below the range from which Linux (32768+) and macOS (49152+) take ports for outgoing connections, so that
 * no client takes PostgreSQL's port by accident while it restarts.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const PORTS_TRIED = 20;

/** Chooses the port of the last start if it is free, or else a random free one. */
async function choosePort(preferred: number | undefined): Promise<number> {
  // The library keeps a port to itself for half a minute after it gave it out; PostgreSQL may be started again sooner.
  clearLockedPorts();
  const first = randomInt(LOWEST, HIGHEST - PORTS_TRIED);
  const wanted = portNumbers(first, first + PORTS_TRIED - 1);
  return await getPort({
    host: '127.0.0.1',
    port: preferred === undefined ? wanted : [preferred, ...wanted],
  });
}
