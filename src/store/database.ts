import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { openPool } from '../postgres/pool.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;
/** A handle for code that may read and not change. */
export type Reader = Pick<Database, 'selectFrom' | 'executeQuery'>;

const WRITERS = new WeakMap<Reader, Database>();

/**
 * Makes a handle that cannot write, even if its type is cast away: it only has selects, and PostgreSQL refuses a raw
 * statement that writes, because it runs in a read-only transaction.
 */
export function readerOf(db: Database): Reader {
  const reader: Reader = {
    selectFrom: db.selectFrom.bind(db),
    executeQuery: async (query) =>
      await db
        .transaction()
        .setAccessMode('read only')
        .execute(async (tx) => await tx.executeQuery(query)),
  };
  WRITERS.set(reader, db);
  return reader;
}

/**
 * Returns the database behind a read-only handle, for the one place that may write; a database is returned as it is.
 */
export function writerOf(reader: Reader): Database {
  return WRITERS.get(reader) ?? (reader as Database);
}

/** Wraps a transaction or the database for the engine, which enqueues and fences inside our transactions. */
export function queryable(tx: Pick<Database, 'executeQuery'>) {
  return {
    query: async (text: string, values: unknown[]) => await tx.executeQuery(CompiledQuery.raw(text, values)),
  };
}

const INT8_OID = 20;

/**
 * Opens a pool for one purpose (accepting or working). The two never share a pool, so that no backlog of work can make
 * an upload wait for a connection.
 */
export function openDatabase(
  databaseUrl: string,
  log: Logger,
  poolSize: number,
  applicationName = 'afterword',
): Database {
  const pool = openPool({
    databaseUrl,
    name: applicationName,
    max: poolSize,
    log,
    types: {
      // bigint is read as a number: epoch milliseconds and file sizes stay below 2^53 for the next 285,000 years.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8_OID
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
