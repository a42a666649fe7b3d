/**
 * Checks that Afterword can use a database, before anything is written to it. Each refusal is a sentence that says what is
 * wrong and what to do about it.
 */
import type pg from 'pg';
import type { Logger } from 'pino';
import { openClient } from './pool.ts';

/** The database cannot be used as it is; the message is for whoever runs it. */
export class DatabaseUnfit extends Error {
  override name = 'DatabaseUnfit';
}

export interface Addresses {
  databaseUrl: string;
  /** The address that leads past a pooler; the same if there is none. */
  directUrl: string;
}

const OLDEST_VERSION = 130_000;

/** @throws DatabaseUnfit if a check fails */
export async function checkDatabase({ databaseUrl, directUrl }: Addresses, log: Logger): Promise<void> {
  await withClient(directUrl, log, async (client) => {
    await checkServer(client, log);
    await checkSchema(client);
  });
  if (await sharesSessions(directUrl, log)) {
    const setting = databaseUrl === directUrl ? 'DATABASE_URL' : 'AFTERWORD_DATABASE_DIRECT_URL';
    throw new DatabaseUnfit(
      `${setting} leads through a pooler in transaction mode, which cannot carry LISTEN, leases and session locks. ` +
        (databaseUrl === directUrl
          ? 'Use its session mode, or set AFTERWORD_DATABASE_DIRECT_URL to the address of PostgreSQL itself.'
          : 'It must be the address of PostgreSQL itself.'),
    );
  }
}

async function withClient<T>(url: string, log: Logger, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openClient({ databaseUrl: url, name: 'afterword-start', log, queryWithinMs: 10_000 });
  try {
    return await look(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkServer(client: pg.Client, log: Logger): Promise<void> {
  const { rows } = await client.query<Record<'version' | 'encoding' | 'durable' | 'fsync', string>>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
            current_setting('synchronous_commit') AS durable, current_setting('fsync') AS fsync`,
  );
  const { version = '0', encoding = '', durable = '', fsync = '' } = rows[0] ?? {};
  if (Number(version) < OLDEST_VERSION)
    throw new DatabaseUnfit(`PostgreSQL is too old (${version}): 13 or newer is needed.`);
  if (encoding !== 'UTF8') {
    throw new DatabaseUnfit(
      `The database's encoding is ${encoding}, and Afterword needs UTF8. Create it with: CREATE DATABASE afterword ENCODING 'UTF8' TEMPLATE template0;`,
    );
  }
  if (durable === 'off')
    log.warn('synchronous_commit is off in this database: Afterword switches it on for its own connections');
  if (fsync === 'off')
    log.warn('fsync is off in this database: a power cut may lose what has been acknowledged');
}

/** The engine's schemas are one per database, so two installations in one would take each other's work. */
async function checkSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ here: string | null; elsewhere: string | null }>(
    `SELECT current_schema() AS here,
            (SELECT min(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relname = 'kysely_migration' AND c.relkind = 'r' AND n.nspname <> coalesce(current_schema(), '')
                AND EXISTS (SELECT FROM pg_class r WHERE r.relnamespace = n.oid AND r.relname = 'upload_files')
                AND to_regclass('upload_files') IS NULL) AS elsewhere`,
  );
  const { here = null, elsewhere = null } = rows[0] ?? {};
  if (elsewhere !== null) {
    throw new DatabaseUnfit(
      `This database has Afterword's tables in the schema "${elsewhere}", but search_path leads to "${here ?? 'none'}". ` +
        'Each installation needs a database of its own. If these tables are its own, set search_path back.',
    );
  }
  if (here === null) {
    throw new DatabaseUnfit(
      'search_path names no schema that exists: ALTER ROLE … SET search_path = public, or create the schema.',
    );
  }
}

/**
 * Finds out whether a pooler gives one session's server connection to another between two statements. While a second connection
 * holds a transaction, the first one asks which backend serves it: without such a pooler that does not change.
 */
async function sharesSessions(url: string, log: Logger): Promise<boolean> {
  return await withClient(url, log, async (first) => {
    const before = await backendOf(first);
    return await withClient(url, log, async (second) => {
      await second.query('BEGIN');
      const other = await backendOf(second);
      const after = await backendOf(first);
      await second.query('ROLLBACK');
      return other === before || after !== before;
    });
  });
}

/**
 * Adds the statement that grants the missing right, if the role may not create what has to be created.
 * @returns the error with the statement that grants it, or the error as it was
 */
export function withGrant(error: unknown, databaseUrl: string): unknown {
  const { code, message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (code !== '42501' && !/permission denied/i.test(message)) return error;
  const { username, pathname } = new URL(databaseUrl);
  const role = `"${decodeURIComponent(username)}"`;
  return new DatabaseUnfit(
    `The role ${role} may not create what this version needs (${message}). Start once as the owner of the database, ` +
      `or run: GRANT CREATE ON DATABASE "${decodeURIComponent(pathname.slice(1))}" TO ${role}; GRANT CREATE ON SCHEMA public TO ${role};`,
    { cause: error },
  );
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}
