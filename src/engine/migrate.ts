import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { openClient, postgresAddress } from '../postgres/pool.ts';
import { engineLog } from './engine-log.ts';
import { isMigrated, migrate } from './internals.ts';
import { ensureLeaseTables } from './lease-tables.ts';

/** "AFTW", migration. */
const LOCK = [0x41465457, 2];
const ASK_AGAIN_MS = 50;
const TELL_AFTER_MS = 5_000;
/**
 * The engine's migrations take seconds. A process that holds their lock for longer is stuck, and this process reports
 * that and ends.
 */
const WAIT_AT_MOST_MS = 300_000;

/**
 * Brings the engine's tables up to date if they are not; several processes may call it at once, and one does the work.
 * They ask for the lock again and again instead of waiting inside `pg_advisory_lock`: a waiting session holds a
 * snapshot, for whose end CREATE INDEX CONCURRENTLY of the migrations waits in turn, and neither would go on.
 * A database user without the right to create can start if there is nothing to create.
 */
export async function migrateEngine(databaseUrl: string, log: Logger): Promise<void> {
  const client = await openClient({ databaseUrl, name: 'afterword-migration', log });
  try {
    if (!(await isMigrated(postgresAddress(databaseUrl), engineLog(log)))) {
      await takeTurn(client, log);
      await migrate(postgresAddress(databaseUrl), engineLog(log));
    }
    await client.query(`SET lock_timeout = ${WAIT_AT_MOST_MS}`);
    await ensureLeaseTables(client);
  } finally {
    // Ends the session and with it the lock.
    await client.end();
  }
}

async function takeTurn(client: pg.Client, log: Logger): Promise<void> {
  const startedAt = performance.now();
  for (let told = 0; ; ) {
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS mine',
      LOCK,
    );
    if (rows[0]?.mine) return;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > WAIT_AT_MOST_MS)
      throw new Error(
        'Another process has held the lock of the migrations for five minutes: end it, and start again.',
      );
    if (waitedMs > (told + 1) * TELL_AFTER_MS) {
      told++;
      log.info({ waitedMs: Math.round(waitedMs) }, 'waiting for another process to migrate the database');
    }
    await delay(ASK_AGAIN_MS);
  }
}
