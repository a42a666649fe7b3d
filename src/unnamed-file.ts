import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Opens a file in the temporary folder that has no name any more, so that nothing is left of it however the process ends. */
export async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `afterword-${randomUUID()}.spool`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
