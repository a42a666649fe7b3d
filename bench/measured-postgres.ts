/** A PostgreSQL of a benchmark's own that counts statements, and what its processes and ours take of the processor. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded-postgres/start.ts';

const quiet = pino({ level: 'silent' });
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

export interface MeasuredPostgres {
  readonly databaseUrl: string;
  readonly pid: number;
  /** For the benchmark's own questions, which are left out of what is counted. */
  readonly client: pg.Client;
  close(): Promise<void>;
}

export async function startMeasuredPostgres(
  settings: Record<string, string> = {},
): Promise<MeasuredPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-bench-pg-'));
  const start = async () => await startEmbeddedPostgres({ dataDir, log: quiet });
  let server: EmbeddedPostgres = await start();
  await once(server.databaseUrl, [
    `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`,
    ...Object.entries(settings).map(([name, value]) => `ALTER SYSTEM SET ${name} = '${value}'`),
  ]);
  await server.stop();
  server = await start();
  const client = new pg.Client({ connectionString: server.databaseUrl, application_name: 'bench' });
  await client.connect();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  await client.query('SET pg_stat_statements.track = none');
  return {
    databaseUrl: server.databaseUrl,
    get pid() {
      return server.pid;
    },
    client,
    async close() {
      await client.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function once(databaseUrl: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export interface Counted {
  statements: number;
  transactions: number;
  walBytes: number;
  /** The most frequent first. */
  top: { calls: number; ms: number; text: string }[];
}

/** Counts what everybody but the benchmark does from now on. @returns a function that ends the count */
export async function countStatements({ client }: MeasuredPostgres): Promise<() => Promise<Counted>> {
  const transactions = async () => {
    // What a session has done is added up when it has rested for a second.
    await client.query('SELECT pg_stat_force_next_flush()');
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ n: number; wal: string }>(
      `SELECT (xact_commit + xact_rollback)::float8 AS n, pg_current_wal_lsn() - '0/0' AS wal
         FROM pg_stat_database WHERE datname = current_database()`,
    );
    return { n: rows[0]?.n ?? 0, wal: Number(rows[0]?.wal ?? 0) };
  };
  const before = await transactions();
  await client.query('SELECT pg_stat_statements_reset()');
  return async () => {
    const { rows } = await client.query<{ calls: number; ms: number; text: string }>(
      `SELECT calls::float8 AS calls, total_exec_time::float8 AS ms, query AS text FROM pg_stat_statements
        ORDER BY calls DESC`,
    );
    const after = await transactions();
    return {
      statements: rows.reduce((sum, { calls }) => sum + calls, 0),
      // Without the benchmark's own: two questions each time, the reset, and this one.
      transactions: after.n - before.n - 6,
      walBytes: after.wal - before.wal,
      top: rows.map((row) => ({ ...row, text: row.text.replace(/\s+/g, ' ').slice(0, 150) })),
    };
  };
}

/** Processor time that a process and all its descendants have taken so far, the ended ones with them. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime and those of the children that were waited for.
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
  const below = await Promise.all((await childrenOf(pid)).map(cpuMs));
  return own + below.reduce((sum, ms) => sum + ms, 0);
}

export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

/** The child of `afterword serve` that runs this command. */
export async function childThatRuns(serverPid: number, command: 'api' | 'worker'): Promise<number> {
  for (const pid of await childrenOf(serverPid)) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.split('\0').includes(command)) return pid;
  }
  throw new Error(`the server has no ${command}`);
}
