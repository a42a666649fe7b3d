import type { Logger } from 'pino';
import { migrateEngine } from '../engine/migrate.ts';
import { type Addresses, checkDatabase, withGrant } from '../postgres/start-check.ts';
import { openDatabase } from '../store/database.ts';
import { migrateStore } from '../store/migrate.ts';

/**
 * Looks whether the database is fit, and brings its tables up to date. Every role does it: a worker may be the first of all
 * processes to start, of the first version and of each next one.
 * @throws DatabaseUnfit with a sentence for whoever runs it
 */
export async function prepareDatabase(addresses: Addresses, log: Logger): Promise<void> {
  await checkDatabase(addresses, log);
  try {
    await migrateEngine(addresses.directUrl, log);
    // Migrations hold a lock of their session: a pooler must not hand it on.
    const db = openDatabase(addresses.directUrl, log, 1, 'afterword-migration');
    try {
      await migrateStore(db);
    } finally {
      await db.destroy();
    }
  } catch (error) {
    throw withGrant(error, addresses.directUrl);
  }
}
