import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { engineLog } from './engine-log.ts';
import { migrate } from './internals.ts';

/** "AFTW", migration. */
const LOCK = [0x41465457, 2];

/**
 * Brings the engine's tables up to date; several processes may call it at once and one does the work. They take
 * turns by asking for the lock again and again: a session that waits inside `pg_advisory_lock` holds a snapshot,
 * for whose end the migrations' CREATE INDEX CONCURRENTLY waits in turn, and neither would ever go on.
 */
export async function migrateEngine(databaseUrl: string, log: Logger): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', (error) => log.warn({ reason: error.message }, 'migration connection'));
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ mine: boolean }>(
        'SELECT pg_try_advisory_lock($1, $2) AS mine',
        LOCK,
      );
      if (rows[0]?.mine) break;
      await delay(50);
    }
    await migrate(databaseUrl, engineLog(log));
  } finally {
    // Ends the session and with it the lock.
    await client.end();
  }
}
