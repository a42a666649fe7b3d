import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { openPool } from '../postgres/pool.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;
/** For whoever may look and not change. */
export type Reader = Pick<Database, 'selectFrom' | 'executeQuery'>;

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
