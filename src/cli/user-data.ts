/** Exports and deletes what is a person's, from the command line: it reads the database and the store, and not the API. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { AfterwordError } from '../errors.ts';
import { archiveOf } from '../export/archive.ts';
import { entriesOf } from '../export/entries.ts';
import { removeUser } from '../removal/deletion.ts';
import { findDatabase } from '../serve/address.ts';
import { openAudioStore } from '../serve/audio-store.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import { type Database, openDatabase } from '../store/database.ts';

interface Parts {
  db: Database;
  blobs: BlobStore;
  quietMs: number;
}

async function withStores<T>(work: (parts: Parts) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const databaseUrl = await findDatabase(config);
  if (!databaseUrl)
    throw new Error(
      `No server is running on ${config.dataDir}. Start it, or set AFTERWORD_DATA_DIR or DATABASE_URL as it has them.`,
    );
  const db = openDatabase(databaseUrl, pino({ level: 'silent' }), 2);
  try {
    const blobs = await openAudioStore(config, db);
    return await work({ db, blobs, quietMs: config.quietMs });
  } finally {
    await db.destroy();
  }
}

const nobody = (id: string) => (error: unknown) => {
  if (error instanceof AfterwordError && error.code === 'not_found')
    throw new Error(`There is nobody with the id ${JSON.stringify(id)}.`);
  throw error;
};

/** Written under another name first, so that what has the name of an archive is a whole one. */
export async function runExport(id: string, { to }: { to: string }): Promise<void> {
  await withStores(async (parts) => {
    const partial = `${to}.partial`;
    const signal = new AbortController().signal;
    try {
      // It holds what a person said: nobody else on this machine may read it.
      await pipeline(archiveOf(entriesOf(parts, id, signal)), createWriteStream(partial, { mode: 0o600 }));
    } catch (error) {
      await rm(partial, { force: true });
      nobody(id)(error);
    }
    await rename(partial, to);
    console.log(`Everything of ${id} is in ${to}.`);
  });
}

export async function runDelete(id: string, { yes }: { yes: boolean }): Promise<void> {
  if (!yes && !(await isConfirmed(id))) {
    console.log('Nothing was deleted.');
    process.exitCode = 1;
    return;
  }
  await withStores(async (parts) => await removeUser(parts, id).catch(nobody(id)));
  console.log(`Everything of ${id} was deleted. Their audio leaves the store within a minute.`);
}

/** Without a terminal nobody can be asked, so nothing is deleted. */
async function isConfirmed(id: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Error('Deleting a person cannot be undone. Without a terminal, say --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const question = `This deletes all recordings, words and settings of ${id}, for good. Type the id to go on: `;
    return (await terminal.question(question)).trim() === id;
  } finally {
    terminal.close();
  }
}
