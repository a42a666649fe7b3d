import { sql } from 'kysely';
import type { Logger } from 'pino';
import { migrateEngine } from '../engine/migrate.ts';
import { type Addresses, checkDatabase, withGrant } from '../postgres/start-check.ts';
import { openDatabase } from '../store/database.ts';
import { migrateStore } from '../store/migrate.ts';

const TELL_EVERY_MS = 5_000;
/** Another process may take this long to migrate. */
const LOCK_WITHIN_MS = 300_000;

/**
 * Checks whether the database can be used, and brings its tables up to date. Every role does it: a worker may be the first of all
 * processes to start, of the first version and of each next one.
 * @throws DatabaseUnfit with a sentence for whoever runs it
 */
export async function prepareDatabase(addresses: Addresses, log: Logger): Promise<void> {
  await checkDatabase(addresses, log);
  const startedAt = performance.now();
  const tell = setInterval(() => {
    const waitedMs = Math.round(performance.now() - startedAt);
    log.info(
      { waitedMs },
      'the database is being prepared: migrations run, or another process holds their lock',
    );
  }, TELL_EVERY_MS);
  try {
    await migrateEngine(addresses.directUrl, log);
    // Migrations hold a lock of their session, so they must not go through a pooler.
    const db = openDatabase(addresses.directUrl, log, 1, 'afterword-migration');
    try {
      // A process that holds the lock for longer is stuck: this start then fails with a message, instead of waiting silently.
      await sql.raw(`SET lock_timeout = ${LOCK_WITHIN_MS}`).execute(db);
      await migrateStore(db);
    } finally {
      await db.destroy();
    }
  } catch (error) {
    throw withGrant(error, addresses.directUrl);
  } finally {
    clearInterval(tell);
  }
}
