import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FoundFile } from './find.ts';

export interface ExaminedFile extends FoundFile {
  sha256: string;
}

/** @returns the file with the hash of its content; null if it changed meanwhile, or has gone */
export async function examine(file: FoundFile, signal?: AbortSignal): Promise<ExaminedFile | null> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: 1024 * 1024, signal })) {
      hash.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).byteLength;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (sizeBytes !== file.sizeBytes || !(await isUnchanged(file))) return null;
  return { ...file, sha256: hash.digest('hex') };
}

export async function isUnchanged({ path, sizeBytes, modifiedAtMs }: FoundFile): Promise<boolean> {
  const now = await stat(path).catch(() => null);
  return now !== null && now.size === sizeBytes && now.mtimeMs === modifiedAtMs;
}
