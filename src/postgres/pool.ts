/** Connecting to PostgreSQL: the one place that opens pools and connections, whoever runs the server. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { jittered } from '../jitter.ts';

export interface PoolOptions {
  databaseUrl: string;
  /** The name that `pg_stat_activity` shows. */
  name: string;
  max: number;
  log: Logger;
  /** How long a request waits for a connection. */
  connectWithinMs?: number;
  /** How long an answer may take; without it there is no limit. */
  queryWithinMs?: number;
  /** The server ends a session that sits idle inside a transaction for longer: it frees what a frozen process holds. */
  idleInTransactionMs?: number;
  /** A connection that does nothing is kept open all the same. */
  keepIdle?: boolean;
  types?: pg.PoolConfig['types'];
}

/** A database that does not answer within this time is reported as an error, so that nothing hangs. */
const CONNECT_WITHIN_MS = 10_000;
/** A full server has room again within milliseconds, when any request ends. Shorter pauses would only load it. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;
/** After a refusal the pool opens no connection for this long, because the server would refuse it as well. */
const CONTENT_FOR_MS = 5_000;

export function openPool(options: PoolOptions): pg.Pool {
  const { databaseUrl, name, max, log, types } = options;
  const pool = new PatientPool(
    {
      connectionString: postgresAddress(databaseUrl),
      max,
      application_name: name,
      keepAlive: true,
      connectionTimeoutMillis: options.connectWithinMs ?? CONNECT_WITHIN_MS,
      ...(options.queryWithinMs === undefined ? {} : { query_timeout: options.queryWithinMs }),
      ...(options.keepIdle ? { idleTimeoutMillis: 0 } : {}),
      ...(types ? { types } : {}),
    },
    log,
  );
  // An idle connection that the server closes emits an error, which would end the process if nobody listened.
  pool.on('error', (error) =>
    log.warn(
      { reason: error.message },
      `an idle database connection of ${name} was lost; a new one is opened when it is needed`,
    ),
  );
  surviveLostConnections(pool);
  const settings = settingsOf(options);
  // Poolers refuse settings in the startup packet, so they are made on the open connection, before its first query.
  pool.on('connect', (client) => void client.query(settings).catch(() => undefined));
  return pool;
}

/** Opens one connection, for a listener or a single query. The caller ends it. */
export async function openClient(
  options: Pick<PoolOptions, 'databaseUrl' | 'name' | 'log' | 'connectWithinMs' | 'queryWithinMs'>,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: postgresAddress(options.databaseUrl),
    application_name: options.name,
    keepAlive: true,
    connectionTimeoutMillis: options.connectWithinMs ?? CONNECT_WITHIN_MS,
    ...(options.queryWithinMs === undefined ? {} : { query_timeout: options.queryWithinMs }),
  });
  // A server that dies says so, and then the connection breaks, which is a second error.
  client.on('error', (error) =>
    options.log.debug({ reason: error.message }, `a connection of ${options.name} was lost`),
  );
  await client.connect();
  return client;
}

/**
 * Rewrites the address so that it is read as libpq reads it. By itself the driver takes `sslmode=require` for `verify-full`, and refuses the plain
 * certificate that most managed databases show under it.
 */
export function postgresAddress(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.searchParams.has('sslmode') && !url.searchParams.has('uselibpqcompat'))
    url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}

/**
 * Makes the settings of a connection. A commit must be on disk before a 202 says so, so `synchronous_commit` is switched on if
 * it is `off`. The server must not end idle connections: the pool closes its own, and those that listen are always idle.
 */
function settingsOf({ idleInTransactionMs }: PoolOptions): string {
  const durable = `set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                     ELSE current_setting('synchronous_commit') END, false)`;
  const transaction =
    idleInTransactionMs === undefined
      ? ''
      : `, set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', false)`;
  return `SELECT ${durable}${transaction}; ${STAY}`;
}

/** PostgreSQL 13 has no such setting. */
const STAY = `SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'`;

/** Keeps the server from ending a connection that waits for notifications. */
export async function stayIdle(client: pg.ClientBase): Promise<void> {
  await client.query(STAY);
}

/**
 * A pool that waits for its own connections when the server has no room for another one. The driver's pool fails the request
 * instead, although a connection of its own comes free in milliseconds.
 */
class PatientPool extends pg.Pool {
  readonly #most: number;
  readonly #waitMs: number;
  readonly #log: Logger;
  #contentUntil = 0;

  constructor(config: pg.PoolConfig, log: Logger) {
    super(config);
    this.#most = config.max ?? 1;
    this.#waitMs = config.connectionTimeoutMillis ?? CONNECT_WITHIN_MS;
    this.#log = log;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: boolean | Error) => void,
    ) => void,
  ): void;
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: boolean | Error) => void,
    ) => void,
  ): Promise<pg.PoolClient> | undefined {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, client.release.bind(client)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }

  async #connect(): Promise<pg.PoolClient> {
    const deadline = performance.now() + this.#waitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      if (this.options.max < this.#most && performance.now() > this.#contentUntil)
        this.options.max = this.#most;
      try {
        return await super.connect();
      } catch (error) {
        if (!hasNoRoom(error) || performance.now() + pauseMs > deadline) throw error;
        this.#makeDo();
        await delay(jittered(pauseMs, 0.5));
      }
    }
  }

  #makeDo(): void {
    if (performance.now() > this.#contentUntil)
      this.#log.warn(
        { open: this.totalCount, wanted: this.#most },
        'the database allows no further connection: queries wait for those that are open',
      );
    this.#contentUntil = performance.now() + CONTENT_FOR_MS;
    this.options.max = Math.max(1, this.totalCount);
  }
}

/** PostgreSQL's 53300, and PgBouncer's words for the same, which come without that code. */
function hasNoRoom(error: unknown): boolean {
  const { code, message = '' } = (error ?? {}) as { code?: string; message?: string };
  return (
    code === '53300' ||
    /no more connections allowed|too many connections|remaining connection slots/i.test(message)
  );
}

/**
 * A pool listens for the errors of its idle connections only. One that is lent out and between two queries, as in the
 * middle of a transaction, would end the process when its server dies. Its next query fails and tells whoever has it.
 */
function surviveLostConnections(pool: pg.Pool): void {
  pool.on('connect', (client) => client.on('error', () => {}));
}
