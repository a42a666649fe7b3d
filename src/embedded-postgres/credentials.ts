import { randomBytes } from 'node:crypto';
import { chown, link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, EngineError } from '../engine/errors.ts';
import type { Owner } from './run-as.ts';

export interface Credentials {
  user: string;
  password: string;
  /** The port of the last start; the next start takes it again if it is free, so that URLs stay valid. */
  port?: number;
}

const SUPERUSER = 'afterword';

function fileOf(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}

/** Written beside its final place and forced to disk: a kill or a power cut leaves a whole file or none. */
async function writeBeside(path: string, content: Credentials, owner: Owner | undefined): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  if (owner) await chown(temporary, owner.uid, owner.gid);
  return temporary;
}

export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  let text: string;
  try {
    text = await readFile(fileOf(dataDir), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = JSON.parse(text) as Partial<Credentials>;
  if (typeof parsed.user !== 'string' || typeof parsed.password !== 'string') {
    throw new EngineError('postgres_start_failed', `${fileOf(dataDir)} is not a credentials file`);
  }
  return {
    user: parsed.user,
    password: parsed.password,
    ...(typeof parsed.port === 'number' ? { port: parsed.port } : {}),
  };
}

/**
 * The password exists before the cluster does, and the first writer wins (`link` refuses to replace): whoever
 * then initialises a cluster, however often it is killed, initialises it with the one password on disk.
 */
export async function ensureCredentials(dataDir: string, owner: Owner | undefined): Promise<Credentials> {
  const existing = await readCredentials(dataDir);
  if (existing) return existing;
  const fresh: Credentials = { user: SUPERUSER, password: randomBytes(24).toString('base64url') };
  const temporary = await writeBeside(fileOf(dataDir), fresh, owner);
  try {
    await link(temporary, fileOf(dataDir));
    return fresh;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const winner = await readCredentials(dataDir);
    if (winner) return winner;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

export async function rememberPort(
  dataDir: string,
  credentials: Credentials,
  port: number,
  owner: Owner | undefined,
): Promise<Credentials> {
  if (credentials.port === port) return credentials;
  const next = { ...credentials, port };
  await rename(await writeBeside(fileOf(dataDir), next, owner), fileOf(dataDir));
  return next;
}

export function urlOf(credentials: Credentials, port: number, database: string): string {
  return `postgresql://${credentials.user}:${credentials.password}@127.0.0.1:${port}/${database}`;
}
