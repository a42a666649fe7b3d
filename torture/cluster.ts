/** A real PostgreSQL that can be killed: a database per scenario, the same server process tree under all of them. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { startEmbeddedPostgres } from '../src/embedded-postgres/start.ts';
import { childrenOf, kill } from '../tests/engine/fixtures/scene.ts';
import { mustCome } from './pace.ts';

const BACK_WITHIN_MS = 60_000;

export interface Cluster {
  createDatabase(name: string): Promise<string>;
  /** Ends the postmaster at once, as a power cut would; its backends follow, and it is started again. */
  kill(): Promise<void>;
  /** Ends one backend at once: the postmaster throws all the others out and recovers. */
  killBackend(): Promise<void>;
  /** When it answers again. */
  isBack(): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(log: Logger, environment: Record<string, string> = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-torture-pg-'));
  // The account that runs PostgreSQL under root must pass through.
  await chmod(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir, log, environment });

  async function once<T>(ask: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      connectionString: postgres.databaseUrl,
      connectionTimeoutMillis: 2_000,
      query_timeout: 10_000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await ask(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  const isBack = async () => {
    await mustCome(
      'a PostgreSQL that answers',
      () => once((client) => client.query('SELECT 1')),
      BACK_WITHIN_MS,
    );
  };
  return {
    async createDatabase(name) {
      await once((client) => client.query(`CREATE DATABASE ${name}`));
      const url = new URL(postgres.databaseUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    async kill() {
      kill(postgres.pid);
    },
    async killBackend() {
      const { rows } = await once((client) =>
        client.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
            ORDER BY state = 'active' DESC, random() LIMIT 1`,
        ),
      );
      // Only ever a child of our own server.
      const victim = childrenOf(postgres.pid).find((pid) => pid === rows[0]?.pid);
      kill(victim);
    },
    isBack,
    async close() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
