import { pino } from 'pino';
import { type Config, readConfig } from '../config.ts';
import { findDatabase } from '../serve/address.ts';
import { type Database, openDatabase } from '../store/database.ts';

/** Runs a command on the database of the server that runs on the data folder, or on that of DATABASE_URL. */
export async function onDatabase<T>(work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const databaseUrl = await findDatabase(config);
  if (!databaseUrl)
    throw new Error(
      `No server is running on ${config.dataDir}. Start it, or set AFTERWORD_DATA_DIR or DATABASE_URL as it has them.`,
    );
  const db = openDatabase(databaseUrl, pino({ level: 'silent' }), 1);
  try {
    return await work(db, config);
  } finally {
    await db.destroy();
  }
}
