import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { surviveLostConnections } from '../engine/lost-connections.ts';
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
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    application_name: applicationName,
    // A database that does not answer is an error to report, not a reason to hang.
    connectionTimeoutMillis: 10_000,
    types: {
      // bigint as number: epoch milliseconds and file sizes stay below 2^53 for the next 285,000 years.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8_OID
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // Without a listener an idle connection that the server closes would end the whole process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  surviveLostConnections(pool);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
