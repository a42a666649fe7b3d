import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { DATABASE } from '../embedded-postgres/connect.ts';
import { readCredentials, urlOf } from '../embedded-postgres/credentials.ts';
import { makeFolder } from '../folders.ts';
import { within } from '../providers/deadline.ts';

/** The file in which a running server leaves its address for our commands. */
export const ADDRESS_FILE = 'server.json';
const ANSWER_WITHIN_MS = 2000;

/** Writes the server's address into that file. @returns a function that removes it */
export async function announce(dataDir: string, url: string): Promise<() => Promise<void>> {
  const file = join(dataDir, ADDRESS_FILE);
  await makeFolder(dataDir);
  await writeFile(file, JSON.stringify({ url, pid: process.pid }));
  return async () => await rm(file, { force: true });
}

/**
 * Finds the address of the server that runs on a data folder, or null. A killed server may have left its file, so the address
 * is tried, with /health/live: a server whose disk is full runs as well.
 */
export async function findServer(dataDir: string): Promise<string | null> {
  try {
    const { url } = JSON.parse(await readFile(join(dataDir, ADDRESS_FILE), 'utf8')) as { url: string };
    const late = () => new Error(`no answer from ${url} within ${ANSWER_WITHIN_MS} ms`);
    const response = await within([], { ms: ANSWER_WITHIN_MS, late }, (signal) =>
      fetch(`${url}/health/live`, { signal }),
    );
    return response.ok ? url : null;
  } catch {
    return null;
  }
}

/** Finds the database: that of `DATABASE_URL`, or of the server that runs on the data folder; null if none runs. */
export async function findDatabase({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<string | null> {
  if (databaseUrl) return databaseUrl;
  if (!(await findServer(dataDir))) return null;
  const credentials = await readCredentials(dataDir);
  return credentials?.port ? urlOf(credentials, credentials.port, DATABASE) : null;
}
