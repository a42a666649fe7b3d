/**
 * The secret from which the server makes the digests of keys and sessions. Who copies the database without it can neither
 * use what is stored nor try guesses.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../folders.ts';

const FILE = 'sign-in-secret';

export interface ServerSecret {
  /** Keys for each purpose are independent of each other: a digest of one kind is never one of another kind. */
  keyFor(purpose: 'api keys' | 'sessions' | 'sign-in under way' | 'mark'): Buffer;
}

/** @param given AFTERWORD_SECRET, which all api processes of a deployment must share; without it a file of the data folder */
export async function serverSecret({
  given,
  dataDir,
}: {
  given: string | undefined;
  dataDir: string;
}): Promise<ServerSecret> {
  return secretFrom(given ?? (await secretOfFolder(dataDir)));
}

export function secretFrom(secret: string): ServerSecret {
  return { keyFor: (purpose) => Buffer.from(hkdfSync('sha256', secret, '', `afterword ${purpose}`, 32)) };
}

/** The first writer wins, since `link` refuses to replace, and a kill leaves a whole file or none. */
async function secretOfFolder(dataDir: string): Promise<string> {
  const file = join(dataDir, FILE);
  const existing = await readSecret(file);
  if (existing !== null) return existing;
  await makeFolder(dataDir);
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  const secret = await readSecret(file);
  if (secret === null) throw new Error(`${file} was removed while it was read.`);
  return secret;
}

async function readSecret(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  if (text.trim().length < 32) throw new Error(`${file} is cut off: restore it from a backup, or remove it.`);
  return text.trim();
}
