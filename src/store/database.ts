import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { openPool } from '../postgres/pool.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;
/** For whoever may look and not change. */
export type Reader = Pick<Database, 'selectFrom' | 'executeQuery'>;

const WRITERS = new WeakMap<Reader, Database>();

/**
 * Makes a handle that cannot write, also where its type is cast away: it has nothing but selects, and PostgreSQL itself
 * refuses a raw statement that writes, because that runs in a read-only transaction.
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

/** The database behind a reader, for the one place that may write in its stead; a database is its own. */
export function writerOf(reader: Reader): Database {
  return WRITERS.get(reader) ?? (reader as Database);
}

/** A transaction, or the database, as the engine wants it: it enqueues and fences inside ours. */
export function queryable(tx: Pick<Database, 'executeQuery'>) {
  return {
    query: async (text: string, values: unknown[]) => await tx.executeQuery(CompiledQuery.raw(text, values)),
  };
}

const INT8_OID = 20;

/**
 * Opens a pool of its own for one purpose (accepting, or working): the two never share one, so that no backlog
 * of work can make an upload wait for a connection.
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
      // bigint as number: epoch milliseconds and file sizes stay below 2^53 for the next 285,000 years.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8_OID
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
