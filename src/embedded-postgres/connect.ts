import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { pgdataOf, systemIdentifier } from './cluster.ts';
import { type Credentials, urlOf } from './credentials.ts';

export const DATABASE = 'afterword';

const ANSWERED_WITHIN_MS = 5_000;
/** It copies the template and waits for the disk: a busy one took more than five seconds, and the first start failed. */
const CREATED_WITHIN_MS = 60_000;

async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  queryWithinMs = ANSWERED_WITHIN_MS,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    query_timeout: queryWithinMs,
  });
  // A server that dies under us emits an error beside rejecting the query; without a listener that is fatal.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Succeeds only against the server of this very folder: it knows our password, names the identifier found in
 * the folder's files, and says it serves this folder. Anything else may have taken the port.
 */
export async function connectToOurs(dataDir: string, credentials: Credentials, port: number): Promise<void> {
  const pgdata = pgdataOf(dataDir);
  await withClient(urlOf(credentials, port, 'postgres'), async (client) => {
    const { rows } = await client.query<{ folder: string; identifier: string }>(
      `SELECT current_setting('data_directory') AS folder, system_identifier::text AS identifier
         FROM pg_control_system()`,
    );
    const [server] = rows;
    const ours =
      server !== undefined &&
      server.identifier === (await systemIdentifier(pgdata)) &&
      (await realpath(server.folder).catch(() => server.folder)) === (await realpath(pgdata));
    if (!ours) throw new Error(`the server on port ${port} serves another folder: ${server?.folder}`);
  });
}

export async function ensureDatabase(credentials: Credentials, port: number): Promise<void> {
  const create = async (client: pg.Client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount) return;
    try {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    } catch (error) {
      // 42P04 duplicate_database, 23505 its race: another starter was faster.
      if (!['42P04', '23505'].includes(String((error as { code?: string }).code))) throw error;
    }
  };
  await withClient(urlOf(credentials, port, 'postgres'), create, CREATED_WITHIN_MS);
}
