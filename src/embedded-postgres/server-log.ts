import { chown, open, rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../engine/errors.ts';
import type { Owner } from './run-as.ts';

/** Two files of this size at most. With warnings only, a year of a healthy server is a few kilobytes. */
const MAX_BYTES = 2 * 1024 * 1024;

function serverLogFile(dataDir: string): string {
  return join(dataDir, 'postgres.log');
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Opens the file that PostgreSQL logs to. A pipe of ours would end with us, and PostgreSQL must outlive us when we are
 * killed. The file is opened for appending, so that cutting it cannot leave a hole of zeros.
 */
export async function openServerLog(dataDir: string, owner: Owner | undefined) {
  const path = serverLogFile(dataDir);
  if ((await sizeOf(path)) > MAX_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  if (owner) await chown(path, owner.uid, owner.gid);
  return file;
}

/** Cuts a log that grew too long. The server keeps the file open, so it is cut in place and not renamed. */
export async function boundServerLog(dataDir: string): Promise<void> {
  const path = serverLogFile(dataDir);
  if ((await sizeOf(path)) > MAX_BYTES) await truncate(path, 0);
}

/** Reads what was written since `offset`, which says why a start failed. */
export async function serverLogSince(dataDir: string, offset: number): Promise<string> {
  const file = await open(serverLogFile(dataDir), 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(offset, size - 4096);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), 0, null, start);
    return buffer.subarray(0, bytesRead).toString('utf8').trim();
  } finally {
    await file.close();
  }
}
